# What Perl programs do with zlib: perl_zlib.pl FILE. Prints sizes, codes and check values, and
# writes sample.gz. Fails if data does not come back.
use strict;
use warnings;
use Compress::Raw::Zlib;
use IO::Compress::Gzip qw(gzip $GzipError);
use IO::Uncompress::Gunzip qw(gunzip $GunzipError);

open my $in, '<:raw', $ARGV[0] or die "$ARGV[0]: $!";
my $data = do { local $/; <$in> };
close $in;

# Compresses in pieces, with a change of level and strategy in the middle.
sub packed {
    my (%parameters) = @_;
    my ($deflate, $status) = Compress::Raw::Zlib::Deflate->new(%parameters, -AppendOutput => 1);
    die "Deflate: $status" unless defined $deflate;
    my $out   = '';
    my $piece = 30_000;
    for (my $at = 0; $at < length $data; $at += $piece) {
        my $part = substr $data, $at, $piece;
        $status = $deflate->deflate($part, $out);
        die "deflate: $status" unless $status == Z_OK;
        if ($at == 10 * $piece) {
            $status = $deflate->flush($out, Z_SYNC_FLUSH);
            die "flush: $status" unless $status == Z_OK;
            $status = $deflate->deflateParams(-Level => 2, -Strategy => Z_DEFAULT_STRATEGY);
            die "deflateParams: $status" unless $status == Z_OK;
        }
    }
    $status = $deflate->flush($out);
    die "flush: $status" unless $status == Z_OK;
    return $out;
}

sub unpacked {
    my ($packed, $piece, %parameters) = @_;
    my ($inflate, $status) = Compress::Raw::Zlib::Inflate->new(
        %parameters,
        -AppendOutput => 1,
        -ConsumeInput => 1,
        -LimitOutput  => $piece == 1000 ? 1 : 0,
    );
    die "Inflate: $status" unless defined $inflate;
    my $out = '';
    my $at  = 0;
    do {
        my $part = substr $packed, $at, $piece;
        my $had  = length $part;
        $status = $inflate->inflate($part, $out);
        $at += $had - length $part;
    } while (($status == Z_OK || $status == Z_BUF_ERROR) && $at < length $packed);
    die "inflate: $status" unless $status == Z_STREAM_END;
    return $out;
}

for my $level (-1 .. 9) {
    for my $bits (-15, -9, 9, 15, WANT_GZIP) {
        my $packed = packed(-Level => $level, -WindowBits => $bits, -MemLevel => 8);
        printf "%d %d: %d %08x\n", $level, $bits, length $packed, crc32($packed);
        for my $piece (1000, 50_000) {
            die "level $level, $bits: not the same"
                unless unpacked($packed, $piece, -WindowBits => $bits) eq $data;
        }
    }
}

# Damage is noticed, and the stream goes on behind the next flush marker.
my $packed = packed(-Level => 6);
substr($packed, 500, 1) = chr(ord(substr $packed, 500, 1) ^ 0x55);
my ($inflate) = Compress::Raw::Zlib::Inflate->new(-ConsumeInput => 1);
my $out;
my $status = $inflate->inflate($packed, $out);
printf "damaged: %d %s %d\n", $status, $inflate->msg // '', length $packed;
$status = $inflate->inflateSync($packed);
printf "sync: %d %d\n", $status, length $packed;

printf "%08x %08x\n", adler32($data), crc32($data);
gzip \$data => 'sample.gz', -Minimal => 1 or die $GzipError;
gunzip 'sample.gz' => \my $back or die $GunzipError;
die 'gunzip: not the same' unless $back eq $data;
print "done\n";
