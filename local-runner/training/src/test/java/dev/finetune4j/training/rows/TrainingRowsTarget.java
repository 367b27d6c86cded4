package dev.finetune4j.training.rows;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.json.Json;
import dev.finetune4j.testkit.fuzz.ParserTarget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The rows of the data channel, one example a line. */
public final class TrainingRowsTarget implements ParserTarget {
    @Override
    public String name() {
        return "training-rows";
    }

    @Override
    public List<byte[]> seeds() {
        return Stream.of(
                        new Example.Passage(new RowRef("rows", 1), "a text"),
                        new Example.Conversation(
                                new RowRef("rows", 2),
                                List.of(new Message(Role.USER, "a"), new Message(Role.ASSISTANT, "b")),
                                "b"))
                .map(example -> (Json.line(example) + "\n\n").getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public void read(byte[] input, Path scratch) throws IOException {
        try (ExampleReader reader = ExampleReader.open(Files.write(scratch.resolve("train.jsonl"), input))) {
            Example example = reader.next();
            while (example != null) {
                example = reader.next();
            }
        }
    }
}
