package dev.finetune4j.engine.data.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Makes small packages for tests: names and contents by turns. */
public final class Packages {
    private Packages() {}

    /** A wheel or jar. */
    public static Path zip(Path file, Object... namesAndContents) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < namesAndContents.length; i += 2) {
                zip.putNextEntry(new ZipEntry((String) namesAndContents[i]));
                zip.write(bytes(namesAndContents[i + 1]));
                zip.closeEntry();
            }
        }
        return file;
    }

    /** A source archive. */
    public static Path tarGz(Path file, Object... namesAndContents) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < namesAndContents.length; i += 2) {
                entry(out, (String) namesAndContents[i], '0', "", bytes(namesAndContents[i + 1]));
            }
            out.write(new byte[1024]);
        }
        return file;
    }

    /** A source archive with nothing but a symbolic link. */
    static Path tarGzWithLink(Path file, String name, String target) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            entry(out, name, '2', target, new byte[0]);
            out.write(new byte[1024]);
        }
        return file;
    }

    private static byte[] bytes(Object content) {
        return content instanceof byte[] bytes ? bytes : ((String) content).getBytes(StandardCharsets.UTF_8);
    }

    private static void entry(OutputStream out, String name, char type, String link, byte[] content)
            throws IOException {
        if (name.length() > 100) {
            String record = " path=" + name + "\n";
            int length = record.length() + 3;
            entry(out, "pax", 'x', "", (length + record).getBytes(StandardCharsets.UTF_8));
        }
        byte[] header = new byte[512];
        put(header, 0, name.substring(0, Math.min(100, name.length())));
        put(header, 100, "0000644\0");
        put(header, 124, String.format(Locale.ROOT, "%011o ", content.length));
        header[156] = (byte) type;
        put(header, 157, link);
        put(header, 257, "ustar\00000");
        put(header, 148, "        ");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xFF;
        }
        put(header, 148, String.format(Locale.ROOT, "%06o\0 ", sum));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(header);
        all.write(content);
        all.write(new byte[(512 - content.length % 512) % 512]);
        all.writeTo(out);
    }

    private static void put(byte[] header, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(bytes, 0, header, offset, bytes.length);
    }
}
