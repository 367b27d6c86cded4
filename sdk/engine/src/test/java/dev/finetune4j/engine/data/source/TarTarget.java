package dev.finetune4j.engine.data.source;

import dev.finetune4j.testkit.fuzz.ParserTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** A source archive. An input that does not begin as gzip does is the tar in it, which no checksum of gzip protects then. */
public final class TarTarget implements ParserTarget {
    private static final String NAME = "p/rows.jsonl";

    @Override
    public String name() {
        return "tar";
    }

    @Override
    public List<byte[]> seeds() throws IOException {
        List<byte[]> seeds = new ArrayList<>(HostileArchivesTest.contents(".tar.gz"));
        byte[] rows = "{\"a\":1}\n".getBytes(StandardCharsets.UTF_8);
        seeds.add(TarBytes.entry(NAME, '0', rows).toBytes());
        seeds.add(TarBytes.entry("long", 'L', (NAME + "\0").getBytes(StandardCharsets.UTF_8))
                .and(TarBytes.entry("cut", '0', rows))
                .toBytes());
        seeds.add(TarBytes.entry("pax", 'x', ("21 path=" + NAME + "\n").getBytes(StandardCharsets.UTF_8))
                .and(TarBytes.entry("cut", '0', rows))
                .toBytes());
        return seeds;
    }

    @Override
    public void read(byte[] input, Path scratch) throws IOException {
        boolean isPacked = input.length > 1 && input[0] == 0x1f && input[1] == (byte) 0x8b;
        Path file = Files.write(scratch.resolve("p.tar.gz"), isPacked ? input : packed(input));
        new PackageArchive(file, "pypi:p==1!" + NAME).extract(NAME, scratch);
    }

    private static byte[] packed(byte[] tar) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(tar);
        }
        return packed.toByteArray();
    }
}
