package dev.finetune4j.training.model.decoder;

import dev.finetune4j.training.model.LanguageModel.Alternatives;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A text whose end branches: a chain of prompt tokens, then each token of the continuations that another one follows, those that
 * several begin with once. A node sees its ancestors only, so that all of them are computed in one pass.
 */
final class TokenTree {
    private final List<Integer> tokens = new ArrayList<>();
    private final List<Integer> parents = new ArrayList<>();
    private final List<Map<Integer, Integer>> children = new ArrayList<>();
    private final List<List<Question>> questions = new ArrayList<>();

    /**
     * How likely a token is.
     *
     * @param node after which it would stand
     * @param token the token
     */
    record Question(int node, int token) {}

    /** A text that does not branch. */
    static TokenTree chain(int[] text) {
        TokenTree tree = new TokenTree();
        for (int token : text) {
            tree.add(tree.size() - 1, token);
        }
        return tree;
    }

    /** A prompt, not empty, with its continuations; their likelihoods are the sums of {@link #questions}. */
    static TokenTree of(Alternatives alternatives) {
        TokenTree tree = chain(alternatives.prompt());
        int last = tree.size() - 1;
        for (int[] continuation : alternatives.continuations()) {
            List<Question> asked = new ArrayList<>();
            int node = last;
            for (int t = 0; t < continuation.length; t++) {
                asked.add(new Question(node, continuation[t]));
                if (t + 1 < continuation.length) {
                    Integer known = tree.children.get(node).get(continuation[t]);
                    node = known == null ? tree.add(node, continuation[t]) : known;
                }
            }
            tree.questions.add(asked);
        }
        return tree;
    }

    private int add(int parent, int token) {
        int node = tokens.size();
        tokens.add(token);
        parents.add(parent);
        children.add(new LinkedHashMap<>());
        if (parent >= 0) {
            children.get(parent).put(token, node);
        }
        return node;
    }

    /** Nodes. */
    int size() {
        return tokens.size();
    }

    /** For each continuation what its likelihood is made of. */
    List<List<Question>> questions() {
        return questions;
    }

    /** [n] token of each node. */
    int[] tokens() {
        return tokens.stream().mapToInt(Integer::intValue).toArray();
    }

    /** [n] position of each node in its text. */
    int[] positions(int past) {
        int[] positions = new int[size()];
        for (int node = 0; node < positions.length; node++) {
            int parent = parents.get(node);
            positions[node] = parent < 0 ? past : positions[parent] + 1;
        }
        return positions;
    }

    /** [n, n], row by row: 0 where a node sees another, minus infinity elsewhere. */
    float[] mask() {
        int n = size();
        float[] mask = new float[Math.multiplyExact(n, n)];
        Arrays.fill(mask, Float.NEGATIVE_INFINITY);
        for (int node = 0; node < n; node++) {
            int parent = parents.get(node);
            if (parent >= 0) {
                System.arraycopy(mask, parent * n, mask, node * n, parent + 1);
            }
            mask[node * n + node] = 0;
        }
        return mask;
    }
}
