package dev.finetune4j.engine.check;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.json.Json;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/** Writes a data set of random sentences of 30 to 40 words in which it plants a known number of findings. */
final class PlantedRows {
    private static final int WORDS = 3000;
    private static final String[] LABELS = {"calm", "angry", "curious", "tired"};

    private final SplittableRandom random;
    private final List<String> words = new ArrayList<>();
    private final List<String> recent = new ArrayList<>();
    long rows;
    long exactDuplicates;
    long nearDuplicates;
    long emails;

    PlantedRows(long seed) {
        random = new SplittableRandom(seed);
        for (int i = 0; i < WORDS; i++) {
            words.add(random.ints(2 + i % 3, 0, 60)
                    .mapToObj(n -> "" + "bcdfghklmnprstvwz".charAt(n % 17) + "aeiou".charAt(n % 5))
                    .collect(Collectors.joining()));
        }
    }

    /** Writes rows until the file has so many bytes. */
    void write(Path file, long bytes) throws IOException {
        long written = 0;
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            while (written < bytes) {
                String line = Json.line(next());
                out.write(line);
                out.write('\n');
                written += line.length() + 1;
            }
        }
    }

    private Example next() {
        String text = text();
        String label = LABELS[Math.floorMod(text.substring(0, 12).hashCode(), LABELS.length)];
        rows++;
        return new Example.Conversation(
                new RowRef("planted.jsonl", rows),
                List.of(
                        new Message(Role.USER, "How does the writer feel?\n" + text),
                        new Message(Role.ASSISTANT, label)),
                label);
    }

    private String text() {
        int kind = random.nextInt(100);
        if (!recent.isEmpty() && kind < 2) {
            exactDuplicates++;
            return recent.remove(random.nextInt(recent.size()));
        }
        if (!recent.isEmpty() && kind < 5) {
            nearDuplicates++;
            String text = recent.remove(random.nextInt(recent.size()));
            return text.substring(0, text.lastIndexOf(' ') + 1) + "changed";
        }
        String text = random.ints(30 + random.nextInt(10), 0, WORDS)
                .mapToObj(words::get)
                .collect(Collectors.joining(" "));
        if (kind == 5) {
            emails++;
            return text + " write to " + words.get(rowWord()) + "@mail.example.org now";
        }
        if (recent.size() < 1000) {
            recent.add(text);
        }
        return text;
    }

    private int rowWord() {
        return random.nextInt(WORDS);
    }
}
