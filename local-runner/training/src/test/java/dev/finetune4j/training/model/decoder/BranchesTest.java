package dev.finetune4j.training.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.training.model.LanguageModel.Alternatives;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BranchesTest {
    private static final int[] PROMPT = {7};

    /** Their last tokens are no nodes: 5 6, 5 6 8 and 9 stay, of which 5 6 stands once. */
    @Test
    void tokensThatSeveralBeginWithCountOnce() {
        List<int[]> continuations =
                List.of(new int[] {5, 6, 8, 1}, new int[] {9, 1}, new int[] {5, 6, 1}, new int[] {3});

        assertThat(Branches.of(continuations).nodes()).isEqualTo(4);
    }

    @Test
    void areTheNodesOfTheTree() {
        Random random = new Random(1);
        for (int of = 1; of < 60; of++) {
            List<int[]> continuations = IntStream.range(0, of)
                    .mapToObj(i -> random.ints(1 + random.nextInt(5), 0, 3).toArray())
                    .toList();

            assertThat(Branches.of(continuations).nodes())
                    .isEqualTo(TokenTree.of(new Alternatives(PROMPT, continuations))
                                    .size()
                            - 1);
        }
    }

    @Test
    void eachIsInOneGroupThatHasRoomForIt() {
        Random random = new Random(2);
        List<int[]> continuations = IntStream.range(0, 200)
                .mapToObj(i -> random.ints(1 + random.nextInt(12), 0, 4).toArray())
                .toList();

        List<int[]> groups = Branches.of(continuations).groups(40);

        assertThat(groups.stream().flatMapToInt(IntStream::of).sorted().toArray())
                .containsExactly(IntStream.range(0, 200).toArray());
        assertThat(groups)
                .hasSizeBetween(5, 40)
                .allSatisfy(group -> assertThat(Branches.of(IntStream.of(group)
                                        .mapToObj(continuations::get)
                                        .toList())
                                .nodes())
                        .isLessThanOrEqualTo(40));
    }

    @Test
    void whatIsLongerThanTheRoomIsAlone() {
        List<int[]> continuations = List.of(new int[9], new int[] {1, 2}, new int[] {1, 3});

        assertThat(Branches.of(continuations).groups(4)).containsExactly(new int[] {0}, new int[] {1, 2});
    }
}
