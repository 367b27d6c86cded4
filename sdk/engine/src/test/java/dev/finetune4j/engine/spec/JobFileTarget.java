package dev.finetune4j.engine.spec;

import dev.finetune4j.testkit.fuzz.ParserTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A job file in YAML. */
public final class JobFileTarget implements ParserTarget {
    private static final Path EXAMPLES = Path.of("../../examples");

    @Override
    public String name() {
        return "job";
    }

    @Override
    public List<byte[]> seeds() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        try (Stream<Path> files = Files.walk(EXAMPLES, 2)) {
            for (Path file :
                    files.filter(path -> path.endsWith("job.yaml")).sorted().toList()) {
                seeds.add(Files.readAllBytes(file));
            }
        }
        return seeds;
    }

    @Override
    public void read(byte[] input, Path scratch) throws IOException {
        JobFile.read(Files.write(scratch.resolve("job.yaml"), input), Map.of("HOME", "/home/user"), Profile.NONE);
    }
}
