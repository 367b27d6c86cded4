package dev.finetune4j.engine.check.duplicates;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TextIndexTest {
    private static final int TEXTS = 300;

    private final SplittableRandom random = new SplittableRandom(31);

    @Test
    void looksCloserAtAllTextsThatResembleOneAndAtHardlyAnyOther() {
        List<List<String>> texts = new ArrayList<>();
        for (int i = 0; i < TEXTS; i++) {
            texts.add(words(i % 3 == 0 ? 400 : 40));
        }
        TextIndex index =
                new TextIndex(texts.stream().map(TextIndexTest::sketch).toList());

        int similar = 0;
        for (List<String> text : texts) {
            List<String> other = new ArrayList<>(text);
            for (int change = random.nextInt(3); change >= 0; change--) {
                other.set(random.nextInt(other.size()), "changed");
            }
            if (Sketch.similarity(sketch(text), sketch(other)) >= SimilarTexts.THRESHOLD) {
                similar++;
                assertThat(index.mayResemble(sketch(other))).isTrue();
            }
        }
        assertThat(similar).isGreaterThan(TEXTS / 2);
        assertThat(IntStream.range(0, 5_000).filter(i -> index.mayResemble(sketch(words(40)))))
                .isEmpty();
        assertThat(index.mayResemble(new int[0])).isFalse();
    }

    @Test
    void findsATextInTheFirstBandWhoseKeyBothHave() {
        List<String> text = words(40);
        int[] other = sketch(words(40));
        TextIndex index = new TextIndex(List.of(new int[0], other, sketch(text)));
        List<String> found = new ArrayList<>();

        index.visit(sketch(text), SimilarTexts.bandKeys(sketch(text)), new TextIndex.Visitor() {
            @Override
            public boolean wants(int number, int band) {
                return found.isEmpty();
            }

            @Override
            public void found(int number, int band, double similarity) {
                found.add(number + " in band " + band + ": " + similarity);
            }
        });

        assertThat(found).containsExactly("2 in band 0: 1.0");
    }

    @Test
    void anEmptyIndexHoldsNothing() {
        TextIndex index = new TextIndex(List.of());

        assertThat(index.mayResemble(sketch(words(40)))).isFalse();
    }

    private static int[] sketch(List<String> words) {
        return Sketch.of(String.join(" ", words), TemplatePairs.of(List.of()));
    }

    private List<String> words(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "w" + random.nextInt(100_000))
                .collect(Collectors.toCollection(ArrayList::new));
    }
}
