package dev.finetune4j.modelfiles.weights;

import dev.finetune4j.testkit.fuzz.ParserTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A GGUF file: its header, and both ends of every tensor. */
public final class GgufTarget implements ParserTarget {
    @Override
    public String name() {
        return "gguf";
    }

    @Override
    public List<byte[]> seeds() throws IOException {
        List<byte[]> seeds = new ArrayList<>(DamagedFilesTest.contents(".gguf"));
        seeds.add(Files.readAllBytes(DamagedFilesTest.FIXTURES.resolve("every-type.gguf")));
        return seeds;
    }

    @Override
    public void read(byte[] input, Path scratch) throws IOException {
        DamagedFilesTest.readAll(Files.write(scratch.resolve("model.gguf"), input));
    }
}
