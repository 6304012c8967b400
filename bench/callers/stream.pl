# Compresses or decompresses a file with Perl's Compress::Raw::Zlib: stream.pl FILE WORK PIECE TIMES.
# See stream.py.
use strict;
use warnings;
use Compress::Raw::Zlib;

my ($path, $work, $piece, $times) = @ARGV;
open my $in, '<:raw', $path or die "$path: $!";
my $data = do { local $/; <$in> };
close $in;
my $total = 0;
for (1 .. $times) {
    my ($stream, $status) =
        $work eq 'inflate'
        ? Compress::Raw::Zlib::Inflate->new
        : Compress::Raw::Zlib::Deflate->new(-Level => $work);
    die "init: $status" unless defined $stream;
    my $out;
    for (my $at = 0; $at < length $data; $at += $piece) {
        my $part = substr $data, $at, $piece;
        $status = $work eq 'inflate' ? $stream->inflate($part, $out) : $stream->deflate($part, $out);
        die "status $status" unless $status == Z_OK || $status == Z_STREAM_END;
        $total += length $out;
    }
    if ($work ne 'inflate') {
        die 'flush' unless $stream->flush($out) == Z_OK;
        $total += length $out;
    }
}
print "$total\n";
