package dev.finetune4j.engine.check.duplicates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SimilarTextsTest {
    private static final TemplatePairs NO_TEMPLATE = TemplatePairs.of(List.of());

    @Test
    void ignoresCasePunctuationAndSpace() {
        assertThat(sketch("The cat, the HAT!")).isEqualTo(sketch(" the  cat the hat"));
        assertThat(sketch("...")).isEmpty();
        assertThat(sketch("word")).hasSize(1);
        assertThat(sketch("\u6F22\u5B57\u4EEE")).hasSize(2);
    }

    @Test
    void comparesShortTextsExactly() {
        assertThat(Sketch.similarity(sketch("a b c d"), sketch("a b c e"))).isEqualTo(2 / 4.0);
        assertThat(Sketch.similarity(sketch("a b"), new int[0])).isZero();
    }

    @Test
    void estimatesLongTextsAsTheirFullSetsWould() {
        SplittableRandom random = new SplittableRandom(5);
        for (int trial = 0; trial < 200; trial++) {
            List<String> left = words(random, 400 + random.nextInt(400));
            List<String> right = new ArrayList<>(left);
            int changes = random.nextInt(120);
            for (int i = 0; i < changes; i++) {
                right.set(random.nextInt(right.size()), "changed" + random.nextInt(1000));
            }

            double estimate = Sketch.similarity(sketch(String.join(" ", left)), sketch(String.join(" ", right)));

            assertThat(estimate).isEqualTo(exact(left, right), within(0.16));
        }
    }

    @Test
    void findsAllPairsFromTheThresholdOn() {
        SplittableRandom random = new SplittableRandom(9);
        SimilarTexts texts = new SimilarTexts();
        int pairs = 2000;
        for (int i = 0; i < pairs; i++) {
            List<String> words = words(random, 40);
            add(texts, String.join(" ", words));
            words.set(20, "changed");
            words.set(0, "also");
            add(texts, String.join(" ", words));
        }

        Set<Integer> found = new HashSet<>();
        texts.visit(1, visitor(found));

        assertThat(found.size()).isGreaterThanOrEqualTo((int) (0.99 * pairs));
        assertThat(found).allMatch(later -> later % 2 == 1);
    }

    private static SimilarTexts.Visitor visitor(Set<Integer> found) {
        return new SimilarTexts.Visitor() {
            @Override
            public boolean wants(int earlier, int later) {
                return !found.contains(later);
            }

            @Override
            public void found(int earlier, int later, double similarity) {
                assertThat(similarity).isGreaterThanOrEqualTo(SimilarTexts.THRESHOLD);
                found.add(later);
            }

            @Override
            public int lane(int text) {
                return 0;
            }
        };
    }

    private static void add(SimilarTexts texts, String text) {
        int[] sketch = sketch(text);
        texts.add(sketch, SimilarTexts.bandKeys(sketch));
    }

    private static int[] sketch(String text) {
        return Sketch.of(text, NO_TEMPLATE);
    }

    private static List<String> words(SplittableRandom random, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "w" + random.nextInt(100_000))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static double exact(List<String> left, List<String> right) {
        Set<String> union = pairs(left);
        Set<String> shared = pairs(left);
        shared.retainAll(pairs(right));
        union.addAll(pairs(right));
        return (double) shared.size() / union.size();
    }

    private static Set<String> pairs(List<String> words) {
        return IntStream.range(1, words.size())
                .mapToObj(i -> words.get(i - 1) + " " + words.get(i))
                .collect(Collectors.toCollection(HashSet::new));
    }
}
