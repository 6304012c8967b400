<?php
// Compresses or decompresses a file with PHP's zlib: stream.php FILE WORK PIECE TIMES. See stream.py.

[, $path, $work, $piece, $times] = $argv;
$data = file_get_contents($path);
$total = 0;
for ($time = 0; $time < $times; $time++) {
    if ($work === 'inflate') {
        $stream = inflate_init(ZLIB_ENCODING_DEFLATE);
        for ($at = 0; $at < strlen($data); $at += $piece) {
            $total += strlen(inflate_add($stream, substr($data, $at, $piece), ZLIB_NO_FLUSH));
        }
    } else {
        $stream = deflate_init(ZLIB_ENCODING_DEFLATE, ['level' => (int) $work]);
        for ($at = 0; $at < strlen($data); $at += $piece) {
            $total += strlen(deflate_add($stream, substr($data, $at, $piece), ZLIB_NO_FLUSH));
        }
        $total += strlen(deflate_add($stream, '', ZLIB_FINISH));
    }
}
echo $total, "\n";
