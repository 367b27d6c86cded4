package dev.finetune4j.engine.launch;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.engine.data.RowSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Chooses the training rows that the few-shot base model sees in its prompt: as many of each label as of any other, short ones
 * before long ones so that the prompt fits, the same ones for the same seed.
 */
final class FewShotChoice {
    /** Rows of each label that the shortest are taken from, drawn by lot. */
    private static final int CANDIDATES = 32;

    private final int count;
    private final Random random;
    private final Map<String, Candidates> byLabel = new TreeMap<>();

    private FewShotChoice(int count, long seed) {
        this.count = count;
        this.random = new Random(seed);
    }

    /** At most {@code count} rows; none where rows are passages, which have no prompt to put them in. */
    static List<Example.Conversation> of(RowSource training, int count, long seed) {
        if (count == 0) {
            return List.of();
        }
        FewShotChoice choice = new FewShotChoice(count, seed);
        try (Stream<Example> rows = training.open()) {
            rows.forEach(choice::consider);
        }
        return choice.chosen();
    }

    private void consider(Example example) {
        if (example instanceof Example.Conversation conversation) {
            byLabel.computeIfAbsent(conversation.labelIfAny().orElse(""), label -> new Candidates())
                    .consider(conversation, random);
        }
    }

    private List<Example.Conversation> chosen() {
        List<List<Example.Conversation>> queues = new ArrayList<>();
        byLabel.values().forEach(candidates -> queues.add(candidates.shortestFirst()));
        Collections.shuffle(queues, random);
        List<Example.Conversation> chosen = new ArrayList<>();
        for (int round = 0; round < CANDIDATES && chosen.size() < count; round++) {
            for (List<Example.Conversation> queue : queues) {
                if (round < queue.size() && chosen.size() < count) {
                    chosen.add(queue.get(round));
                }
            }
        }
        Collections.shuffle(chosen, random);
        return chosen;
    }

    /** A sample by lot of all rows of a label, each as likely as any other. */
    private static final class Candidates {
        private final List<Example.Conversation> kept = new ArrayList<>();
        private int seen;

        void consider(Example.Conversation example, Random random) {
            seen++;
            if (kept.size() < CANDIDATES) {
                kept.add(example);
            } else {
                int slot = random.nextInt(seen);
                if (slot < CANDIDATES) {
                    kept.set(slot, example);
                }
            }
        }

        List<Example.Conversation> shortestFirst() {
            kept.sort(Comparator.comparingInt(Candidates::characters)
                    .thenComparingLong(example -> example.row().row()));
            return kept;
        }

        private static int characters(Example.Conversation example) {
            return example.messages().stream()
                    .map(Message::content)
                    .mapToInt(String::length)
                    .sum();
        }
    }
}
