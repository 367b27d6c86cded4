package dev.finetune4j.engine.data.format;

import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.testkit.fuzz.ParserTarget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A file of rows, read as examples to its end. */
abstract class RowsTarget implements ParserTarget {
    private static final TaskSpec TASK = TaskSpec.of(TaskKind.CHAT);

    private final String ending;
    private final List<String> seeds;

    RowsTarget(String ending, String... seeds) {
        this.ending = ending;
        this.seeds = List.of(seeds);
    }

    @Override
    public String name() {
        return "rows-" + ending;
    }

    @Override
    public List<byte[]> seeds() {
        return Stream.concat(
                        seeds.stream(),
                        Stream.of("\uFEFF" + seeds.get(0), seeds.get(0).replace("\n", "\r\n")))
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public void read(byte[] input, Path scratch) throws IOException {
        Path file = Files.write(scratch.resolve("rows." + ending), input);
        try (ExampleReader reader =
                ExampleReader.open(file, "rows." + ending, "auto", TASK, true, new RowProblems(List.of()))) {
            ExampleReader.ReadRow row = reader.next();
            while (row != null) {
                row = reader.next();
            }
        }
    }
}
