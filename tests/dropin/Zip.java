import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.Inflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** What Java programs do with zlib: Zip FILE. Fails if data does not come back. */
public class Zip {
    static void must(boolean held, String what) {
        if (!held) {
            throw new AssertionError(what);
        }
    }

    static byte[] pack(byte[] data, int level, boolean raw, int strategy, int flush) {
        Deflater deflater = new Deflater(level, raw);
        deflater.setStrategy(strategy);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[777];
        int at = 0;
        while (!deflater.finished()) {
            if (deflater.needsInput() && at < data.length) {
                int count = Math.min(30000, data.length - at);
                deflater.setInput(data, at, count);
                at += count;
                if (at == 300000) {
                    deflater.setLevel(9 - Math.max(level, 0));
                }
            } else if (deflater.needsInput()) {
                deflater.finish();
            }
            int got;
            while ((got = deflater.deflate(buffer, 0, buffer.length, flush)) > 0) {
                out.write(buffer, 0, got);
            }
        }
        deflater.end();
        return out.toByteArray();
    }

    static byte[] unpack(byte[] packed, boolean raw) throws Exception {
        Inflater inflater = new Inflater(raw);
        inflater.setInput(packed);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[1000];
        while (!inflater.finished()) {
            int got = inflater.inflate(buffer);
            must(got > 0 || inflater.finished(), "inflate goes on");
            out.write(buffer, 0, got);
        }
        inflater.end();
        return out.toByteArray();
    }

    public static void main(String[] args) throws Exception {
        byte[] data = Files.readAllBytes(new File(args[0]).toPath());
        for (int level = -1; level <= 9; level++) {
            for (boolean raw : new boolean[] {false, true}) {
                for (int flush : new int[] {Deflater.NO_FLUSH, Deflater.SYNC_FLUSH}) {
                    byte[] packed = pack(data, level, raw, level % 3 == 0 ? Deflater.FILTERED
                            : Deflater.DEFAULT_STRATEGY, flush);
                    must(Arrays.equals(unpack(packed, raw), data), "level " + level);
                }
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(data);
        }
        must(Arrays.equals(new GZIPInputStream(new ByteArrayInputStream(out.toByteArray()))
                .readAllBytes(), data), "gzip");
        File zip = new File("made.zip");
        try (ZipOutputStream writer = new ZipOutputStream(Files.newOutputStream(zip.toPath()))) {
            writer.putNextEntry(new ZipEntry("data"));
            writer.write(data);
        }
        try (ZipFile file = new ZipFile(zip)) {
            ZipEntry entry = file.getEntry("data");
            CRC32 crc = new CRC32();
            crc.update(data);
            must(entry.getCrc() == crc.getValue(), "crc");
            must(Arrays.equals(file.getInputStream(entry).readAllBytes(), data), "zip");
        }
    }
}
