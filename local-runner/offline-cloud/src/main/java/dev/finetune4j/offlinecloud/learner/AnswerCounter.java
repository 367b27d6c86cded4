package dev.finetune4j.offlinecloud.learner;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Answers by counts of what it has learned, and the same each time. It goes on byte by byte: of the answers that began so far as its own it
 * takes the byte that is likeliest beside the words of the question, as naive Bayes has it. Where no answer began so it goes on by pairs of
 * bytes, which is all that a model does that was never tuned.
 */
public final class AnswerCounter {
    /** An answer ends with this symbol, which no byte is. */
    private static final int END = -1;

    /** Observations that a word has to make up for. */
    private static final double DOUBT = 0.1;

    private final List<Learned> learned = new ArrayList<>();

    /** It has learned nothing. */
    public AnswerCounter() {}

    /** What is to be said beside which words. */
    private static final class Learned {
        private final Set<String> words;
        private final byte[] answer;

        Learned(Exchange exchange) {
            words = AnswerCounter.words(exchange.question());
            answer = exchange.answer().strip().getBytes(StandardCharsets.UTF_8);
        }

        int symbolAt(int place) {
            return place == answer.length ? END : answer[place] & 0xff;
        }
    }

    /**
     * What it said.
     *
     * @param bytes of the text, before a character that the limit cut in two was left out
     * @param isWhole whether it came to an end before the limit
     */
    public record Said(String text, int bytes, boolean isWhole) {}

    /** Learns what is to be said to what. */
    public void learn(List<Exchange> exchanges) {
        exchanges.forEach(exchange -> learned.add(new Learned(exchange)));
    }

    /** Knows what another one has learned, too. */
    public void goOnFrom(AnswerCounter other) {
        learned.addAll(other.learned);
    }

    /** The answers that it has learned. */
    public List<String> answers() {
        return learned.stream()
                .map(one -> new String(one.answer, StandardCharsets.UTF_8))
                .toList();
    }

    /**
     * Answers.
     *
     * @param shown what was said to what before in the conversation, which counts as if it had been learned
     * @param question what is said last
     * @param most bytes of the longest answer
     */
    public Said answer(List<Exchange> shown, String question, int most) {
        AnswerCounter all = new AnswerCounter();
        all.learned.addAll(learned);
        all.learn(shown);
        if (all.learned.isEmpty()) {
            return byPairs(question, most);
        }
        Set<String> words = words(question);
        words.removeIf(word -> all.learned.stream().noneMatch(one -> one.words.contains(word))); // it tells nothing
        return all.byCounts(words, most);
    }

    private Said byCounts(Set<String> words, int most) {
        List<Learned> candidates = learned;
        byte[] said = new byte[most + 1];
        for (int place = 0; true; place++) {
            Map<Integer, List<Learned>> goingOn = new LinkedHashMap<>();
            for (Learned one : candidates) {
                goingOn.computeIfAbsent(one.symbolAt(place), symbol -> new ArrayList<>())
                        .add(one);
            }
            int next = goingOn.size() == 1 ? goingOn.keySet().iterator().next() : likeliest(goingOn, words);
            if (next == END) {
                return said(said, place, true);
            }
            said[place] = (byte) next;
            if (place == most) {
                return said(said, place, false);
            }
            candidates = goingOn.getOrDefault(next, List.of());
        }
    }

    private static int likeliest(Map<Integer, List<Learned>> goingOn, Set<String> words) {
        return goingOn.entrySet().stream()
                .max(Comparator.<Map.Entry<Integer, List<Learned>>>comparingDouble(one -> score(one.getValue(), words))
                        .thenComparing(one -> -one.getKey()))
                .orElseThrow()
                .getKey();
    }

    /** Log-likelihood of the words beside answers that go on alike, and of these answers. */
    private static double score(List<Learned> alike, Set<String> words) {
        double score = Math.log(alike.size());
        for (String word : words) {
            long beside = alike.stream().filter(one -> one.words.contains(word)).count();
            score += Math.log((beside + DOUBT) / (alike.size() + 2 * DOUBT));
        }
        return score;
    }

    /** Goes on from the question by the pairs of bytes in it. */
    private static Said byPairs(String question, int most) {
        byte[] read = (question + "\n").getBytes(StandardCharsets.UTF_8);
        Map<Byte, Map<Byte, Integer>> followers = new HashMap<>();
        for (int i = 1; i < read.length; i++) {
            followers
                    .computeIfAbsent(read[i - 1], byteBefore -> new HashMap<>())
                    .merge(read[i], 1, Integer::sum);
        }
        byte[] said = new byte[most + 1];
        byte last = ' ';
        for (int place = 0; place <= most; place++) {
            Map<Byte, Integer> next = followers.getOrDefault(last, Map.of());
            if (next.isEmpty()) {
                return said(said, place, true);
            }
            last = next.entrySet().stream()
                    .max(Map.Entry.<Byte, Integer>comparingByValue()
                            .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
                    .orElseThrow()
                    .getKey();
            if (last == '\n') {
                return said(said, place, true);
            }
            said[place] = last;
        }
        return said(said, most, false);
    }

    /** A character that the limit cuts in two is left out. */
    private static Said said(byte[] bytes, int length, boolean isWhole) {
        int end = length;
        while (end > 0 && end < bytes.length && isWithinCharacter(bytes[end])) {
            end--;
        }
        return new Said(new String(bytes, 0, end, StandardCharsets.UTF_8), length, isWhole);
    }

    private static boolean isWithinCharacter(byte one) {
        return (one & 0xc0) == 0x80;
    }

    private static Set<String> words(String text) {
        Set<String> words =
                new TreeSet<>(Arrays.asList(text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+", -1)));
        words.remove("");
        return words;
    }
}
