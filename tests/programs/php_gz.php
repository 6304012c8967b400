<?php
// What PHP programs do with gz files: run in a folder with the files "script" and "sample".
// Prints what it saw; fails if data does not come back.

function must($held, $what)
{
    if (!$held) {
        fwrite(STDERR, "$what does not hold\n");
        exit(1);
    }
}

$data = file_get_contents('script');
$lines = file('script');

// Written in pieces, with modes of all kinds; read whole, by lines, by characters.
foreach (['w', 'w9', 'w1', 'wb6f', 'w6h', 'w6R'] as $mode) {
    $file = gzopen("script.$mode.gz", $mode);
    foreach (str_split($data, 777) as $piece) {
        must(gzwrite($file, $piece) === strlen($piece), 'gzwrite');
    }
    must(gzclose($file), 'gzclose');
    must(implode('', gzfile("script.$mode.gz")) === $data, "gzfile of mode $mode");
}
rename('script.w.gz', 'script.gz');

$file = gzopen('script.gz', 'r');
foreach ($lines as $number => $line) {
    must(gzgets($file) === $line, "line $number");
}
must(gzgets($file) === false && gzeof($file), 'the end');
must(gzrewind($file), 'gzrewind');
must(gzgetc($file) === $data[0], 'gzgetc');
must(gzseek($file, 1000) === 0 && gztell($file) === 1000, 'gzseek');
must(gzread($file, 500) === substr($data, 1000, 500), 'gzread after gzseek');
must(gzseek($file, 10) === 0 && gzread($file, 5) === substr($data, 10, 5), 'gzseek backward');
ob_start();
$count = gzpassthru($file);
must(ob_get_clean() === substr($data, 15) && $count === strlen($data) - 15, 'gzpassthru');
gzclose($file);

// Two members, then bytes that are none; a file that is no gzip.
file_put_contents('two.gz', file_get_contents('script.gz') . gzencode('more', 9) . "\0\0garbage");
must(implode('', gzfile('two.gz')) === $data . 'more', 'gzfile of two members');
must(implode('', gzfile('script')) === $data, 'gzfile of a plain file');

// A file that ends in the middle, and one with a wrong byte.
$packed = file_get_contents('script.gz');
foreach (['cut' => substr($packed, 0, 900), 'wrong' => substr_replace($packed, 'xx', 900, 2)] as $name => $bytes) {
    file_put_contents("$name.gz", $bytes);
    $file = gzopen("$name.gz", 'r');
    $got = '';
    while (!gzeof($file) && ($piece = @gzread($file, 100)) !== false && $piece !== '') {
        $got .= $piece;
    }
    @gzclose($file);
    // zlib drops what it decoded before it noticed; rzlib does not.
    must(strlen($got) < strlen($data), "that $name was noticed");
    if ($name === 'cut') {
        printf("%s: %d bytes, %08x\n", $name, strlen($got), crc32($got));
    }
}

// Streams in memory.
foreach ([-1, 0, 1, 6, 9] as $level) {
    foreach ([ZLIB_ENCODING_RAW, ZLIB_ENCODING_DEFLATE, ZLIB_ENCODING_GZIP] as $encoding) {
        $context = deflate_init($encoding, ['level' => $level, 'window' => 12, 'memory' => 5]);
        $packed = '';
        foreach (str_split($data, 1000) as $number => $piece) {
            $packed .= deflate_add($context, $piece, $number % 5 ? ZLIB_NO_FLUSH : ZLIB_SYNC_FLUSH);
        }
        $packed .= deflate_add($context, '', ZLIB_FINISH);
        $context = inflate_init($encoding, ['window' => 12]);
        $got = '';
        foreach (str_split($packed, 123) as $piece) {
            $got .= inflate_add($context, $piece);
        }
        must($got === $data, "inflate_add at level $level");
        printf("%d %d: %d %08x\n", $level, $encoding, strlen($packed), crc32($packed));
    }
}

file_put_contents('compress.zlib://stream.gz', file_get_contents('sample'));
must(file_get_contents('compress.zlib://stream.gz') === file_get_contents('sample'), 'a stream');
echo "done\n";
