package dev.finetune4j.training.model.decoder;

import static dev.finetune4j.training.model.decoder.CachedDecoder.TOKENS_AT_ONCE;

import dev.finetune4j.training.model.LanguageModel.Alternatives;
import dev.finetune4j.training.model.decoder.TokenTree.Question;
import dev.finetune4j.training.model.internal.TorchScript;
import dev.finetune4j.training.model.internal.TorchScript.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * log p(continuation | prompt) for the continuations of several prompts. Prompt and continuations are one {@link TokenTree}, and the
 * trees of short prompts are computed in one pass, since each pass reads all weights from memory. Continuations that are too many for one
 * pass are read in several behind the same prompt, and a long text with one of them, which does not branch, piece by piece.
 */
final class ContinuationScorer {
    private final TorchScript script;
    private final CachedDecoder cached;
    private final DecoderStack stack;
    private final int logitRows;
    private final Value logits;

    /**
     * Scores with a model.
     *
     * @param script computes
     * @param cached its cache
     * @param stack its weights
     * @param logitRows rows of logits at a time
     * @param logits room for them, [logitRows, V]
     */
    ContinuationScorer(TorchScript script, CachedDecoder cached, DecoderStack stack, int logitRows, Value logits) {
        this.script = script;
        this.cached = cached;
        this.stack = stack;
        this.logitRows = logitRows;
        this.logits = logits;
    }

    /** One sum a continuation for each prompt, in nats. */
    List<double[]> score(int[] prefix, List<Alternatives> prompts) {
        return score(prefix, prompts, null);
    }

    /**
     * The same of texts that have a prompt and one continuation each. Their keys and values stay apart, so that each can be spoken on
     * beside the others.
     *
     * @param prefix P tokens that all texts go on from, which stay in the cache; may be empty
     * @param texts t of them
     * @param own takes keys and values, of each layer [t K, room, D], with room for the longest prompt: of each text those of its prompt, and
     *     of its continuation what was computed with it and has room
     * @return [t] log p(continuation | prefix, prompt) of each text, in nats
     */
    double[] scoreApart(int[] prefix, List<Alternatives> texts, Value own) {
        return score(prefix, texts, own).stream().mapToDouble(sums -> sums[0]).toArray();
    }

    private List<double[]> score(int[] prefix, List<Alternatives> prompts, @Nullable Value own) {
        List<double[]> scores = new ArrayList<>();
        List<TokenTree> pass = new ArrayList<>();
        int tokens = 0;
        int past = 0;
        for (Alternatives each : prompts) {
            Split split = Split.of(prefix, each);
            TokenTree tree = isReadAtOnce(split.text()) ? TokenTree.of(split.text()) : null;
            boolean goesBeside =
                    tree != null && tokens + tree.size() <= TOKENS_AT_ONCE && split.prefix().length == past;
            if (!pass.isEmpty() && !goesBeside) {
                scores.addAll(scoreTrees(pass, past, own, scores.size()));
                pass.clear();
                tokens = 0;
            }
            past = split.prefix().length;
            cached.keep(stack, split.prefix());
            if (tree != null) {
                pass.add(tree);
                tokens += tree.size();
            } else {
                double[] sums = branches(split.text()) ? scoreBranches(split) : scoreChain(split.text(), past);
                if (own != null) {
                    cached.keepApart(past, split.text().prompt().length, own, scores.size());
                }
                scores.add(sums);
            }
        }
        if (!pass.isEmpty()) {
            scores.addAll(scoreTrees(pass, past, own, scores.size()));
        }
        return scores;
    }

    private static boolean branches(Alternatives text) {
        return text.continuations().size() > 1;
    }

    private static boolean isReadAtOnce(Alternatives text) {
        int prompt = text.prompt().length;
        int behind = branches(text)
                ? Branches.of(text.continuations()).nodes()
                : text.continuations().get(0).length;
        return prompt + behind <= TOKENS_AT_ONCE;
    }

    /**
     * What stays in the cache, and what is read for one prompt, which is not empty.
     *
     * @param prefix tokens that stay
     * @param text the others
     */
    @SuppressWarnings("ArrayRecordComponent") // made fresh, read here only
    private record Split(int[] prefix, Alternatives text) {
        static Split of(int[] prefix, Alternatives text) {
            if (text.prompt().length > 0) {
                return new Split(prefix, text);
            }
            if (prefix.length == 0) {
                throw new IllegalArgumentException("prefix and prompt must not both be empty");
            }
            int kept = prefix.length - 1;
            return new Split(
                    Arrays.copyOf(prefix, kept), new Alternatives(new int[] {prefix[kept]}, text.continuations()));
        }
    }

    /**
     * The front of the prompt goes into the cache in pieces, and as much of its end as has room beside the continuations is read with them; or
     * all but its last token does, and that is read again with as many continuations at once as have room.
     */
    private double[] scoreBranches(Split split) {
        int[] prompt = split.text().prompt();
        Branches branches = Branches.of(split.text().continuations());
        int end = Math.max(1, Math.min(TOKENS_AT_ONCE - branches.nodes(), prompt.length));
        int front = prompt.length - end;
        int past = split.prefix().length;
        if (front > 0) {
            cached.append(stack, Arrays.copyOf(prompt, front), past).close();
        }
        Alternatives rest = new Alternatives(
                Arrays.copyOfRange(prompt, front, prompt.length), split.text().continuations());
        double[] sums = new double[rest.continuations().size()];
        for (int[] group : branches.groups(TOKENS_AT_ONCE - end)) {
            double[] own = scoreGroup(rest, group, past + front);
            for (int i = 0; i < group.length; i++) {
                sums[group[i]] = own[i];
            }
        }
        return sums;
    }

    private double[] scoreGroup(Alternatives text, int[] group, int past) {
        List<int[]> continuations =
                Arrays.stream(group).mapToObj(text.continuations()::get).toList();
        Alternatives some = new Alternatives(text.prompt(), continuations);
        if (!branches(some) && !isReadAtOnce(some)) {
            return scoreChain(some, past);
        }
        return scoreTrees(List.of(TokenTree.of(some)), past, null, 0).get(0);
    }

    /** In one pass; where there is {@code own}, the texts are its {@code first} one and those after it. */
    private List<double[]> scoreTrees(List<TokenTree> texts, int past, @Nullable Value own, int first) {
        try (Value hidden =
                own == null ? cached.extend(stack, texts, past) : cached.extendApart(stack, texts, past, own, first)) {
            return sums(hidden, texts);
        }
    }

    /** For each text one sum a continuation, of the hidden states of all their nodes, end to end. */
    private List<double[]> sums(Value hidden, List<TokenTree> texts) {
        List<Question> all = new ArrayList<>();
        int begin = 0;
        for (TokenTree text : texts) {
            for (List<Question> asked : text.questions()) {
                for (Question question : asked) {
                    all.add(new Question(begin + question.node(), question.token()));
                }
            }
            begin += text.size();
        }
        double[] answers = answers(hidden, all);
        List<double[]> scores = new ArrayList<>();
        int at = 0;
        for (TokenTree text : texts) {
            double[] sums = new double[text.questions().size()];
            for (int i = 0; i < sums.length; i++) {
                int end = at + text.questions().get(i).size();
                sums[i] = Arrays.stream(answers, at, end).sum();
                at = end;
            }
            scores.add(sums);
        }
        return scores;
    }

    /** Of a text with one continuation, behind {@code past} tokens. */
    private double[] scoreChain(Alternatives chain, int past) {
        int[] prompt = chain.prompt();
        int[] continuation = chain.continuations().get(0);
        int[] text = IntStream.concat(Arrays.stream(prompt), Arrays.stream(continuation))
                .toArray();
        double sum = 0;
        for (int start = 0; start < text.length - 1; start += TOKENS_AT_ONCE) {
            int end = Math.min(text.length - 1, start + TOKENS_AT_ONCE);
            int[] piece = Arrays.copyOfRange(text, start, end);
            try (Value hidden = cached.append(stack, piece, past + start)) {
                List<Question> asked = new ArrayList<>();
                for (int node = Math.max(start, prompt.length - 1); node < end; node++) {
                    asked.add(new Question(node - start, text[node + 1]));
                }
                sum += Arrays.stream(answers(hidden, asked)).sum();
            }
        }
        return new double[] {sum};
    }

    /** log p of each question; the logits of a node are computed once for all that is asked of it. */
    private double[] answers(Value hidden, List<Question> questions) {
        Map<Integer, List<Integer>> byNode = new LinkedHashMap<>();
        for (int i = 0; i < questions.size(); i++) {
            byNode.computeIfAbsent(questions.get(i).node(), node -> new ArrayList<>())
                    .add(i);
        }
        double[] answers = new double[questions.size()];
        List<Integer> nodes = List.copyOf(byNode.keySet());
        for (int begin = 0; begin < nodes.size(); begin += logitRows) {
            List<Integer> rows = nodes.subList(begin, Math.min(nodes.size(), begin + logitRows));
            List<Integer> asked = new ArrayList<>();
            List<Integer> of = new ArrayList<>();
            for (int row = 0; row < rows.size(); row++) {
                for (int question : byNode.getOrDefault(rows.get(row), List.of())) {
                    asked.add(question);
                    of.add(row);
                }
            }
            float[] values = logLikelihoods(
                    hidden,
                    ints(rows),
                    ints(of),
                    asked.stream()
                            .mapToInt(question -> questions.get(question).token())
                            .toArray());
            for (int i = 0; i < values.length; i++) {
                answers[asked.get(i)] = values[i];
            }
        }
        return answers;
    }

    private float[] logLikelihoods(Value hidden, int[] rows, int[] of, int[] tokens) {
        try (Value rowsTensor = script.integers(rows);
                Value ofTensor = script.integers(of);
                Value targets = script.integers(tokens);
                Value values =
                        script.call("log_likelihood", hidden, rowsTensor, ofTensor, targets, stack.decoder(), logits)) {
            return values.toFloats();
        }
    }

    private static int[] ints(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).toArray();
    }
}
