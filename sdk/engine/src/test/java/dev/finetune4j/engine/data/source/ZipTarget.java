package dev.finetune4j.engine.data.source;

import dev.finetune4j.testkit.fuzz.ParserTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A wheel, jar or zip: one file is taken out, and names like another are looked for. */
public final class ZipTarget implements ParserTarget {
    private static final String NAME = "p/rows.jsonl";

    @Override
    public String name() {
        return "zip";
    }

    @Override
    public List<byte[]> seeds() throws IOException {
        List<byte[]> seeds = new ArrayList<>(HostileArchivesTest.contents(".zip"));
        Path scratch = Files.createTempDirectory("seeds");
        Path zip = Packages.zip(scratch.resolve("p.zip"), NAME, "{\"a\":1}\n".repeat(9), "p/other.jsonl", "b");
        seeds.add(Files.readAllBytes(zip));
        Files.delete(zip);
        Files.delete(scratch);
        return seeds;
    }

    @Override
    public void read(byte[] input, Path scratch) throws IOException {
        PackageArchive archive = new PackageArchive(Files.write(scratch.resolve("p.whl"), input), "pypi:p==1!" + NAME);
        archive.extract(NAME, scratch);
        archive.similar("p/none.jsonl");
    }
}
