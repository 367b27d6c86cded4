package dev.finetune4j.engine.check.privacy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Finds all keywords in one pass over a text, in any case (Aho and Corasick 1975, with the failure links resolved into one table).
 * Keywords are ASCII.
 */
final class KeywordAutomaton {
    private static final int CLASSES = 64;
    private static final byte[] CLASS = classes();

    private final int[] next;
    private final int firstEnd;
    private final int[][] keywordsAt;

    private KeywordAutomaton(int[] next, int firstEnd, int[][] keywordsAt) {
        this.next = next;
        this.firstEnd = firstEnd;
        this.keywordsAt = keywordsAt;
    }

    /** The automaton of these keywords, which are numbered from 0. */
    static KeywordAutomaton of(List<String> keywords) {
        List<short[]> trie = new ArrayList<>();
        List<List<Integer>> ends = new ArrayList<>();
        addState(trie, ends);
        for (int k = 0; k < keywords.size(); k++) {
            int state = 0;
            for (char c : keywords.get(k).toCharArray()) {
                int cls = c < 128 ? CLASS[c] : 0;
                if (cls == 0) {
                    throw new IllegalArgumentException(
                            "keyword has a character that is not told apart: " + keywords.get(k));
                }
                if (trie.get(state)[cls] == 0) {
                    trie.get(state)[cls] = (short) trie.size();
                    addState(trie, ends);
                }
                state = trie.get(state)[cls];
            }
            ends.get(state).add(k);
        }
        return resolve(trie, ends);
    }

    /** The state after a character; the state before a text is 0. */
    int step(int state, char c) {
        return next[state + (c < 128 ? CLASS[c] : 0)];
    }

    /** Whether keywords end where this state was reached. */
    boolean isEnd(int state) {
        return state >= firstEnd;
    }

    /** Numbers of the keywords that end at such a state, longest first. */
    int[] keywordsAt(int state) {
        return keywordsAt[(state - firstEnd) / CLASSES];
    }

    /** Fills in, breadth first, where each state goes on a character that does not continue its keyword. */
    private static KeywordAutomaton resolve(List<short[]> trie, List<List<Integer>> ends) {
        short[] next = new short[Math.multiplyExact(trie.size(), CLASSES)];
        int[] failure = new int[trie.size()];
        Deque<Integer> queue = new ArrayDeque<>();
        queue.add(0);
        while (!queue.isEmpty()) {
            int state = queue.remove();
            ends.get(state).addAll(state == 0 ? List.of() : ends.get(failure[state]));
            for (int cls = 0; cls < CLASSES; cls++) {
                int child = trie.get(state)[cls];
                int fallback = state == 0 ? 0 : next[failure[state] * CLASSES + cls];
                if (child == 0) {
                    next[state * CLASSES + cls] = (short) fallback;
                } else {
                    next[state * CLASSES + cls] = (short) child;
                    failure[child] = fallback;
                    queue.add(child);
                }
            }
        }
        return renumbered(next, ends);
    }

    /** States are numbered by the place of their row in the table, and those at which a keyword ends stand last. */
    private static KeywordAutomaton renumbered(short[] next, List<List<Integer>> ends) {
        int[] order = IntStream.concat(
                        IntStream.range(0, ends.size())
                                .filter(state -> ends.get(state).isEmpty()),
                        IntStream.range(0, ends.size())
                                .filter(state -> !ends.get(state).isEmpty()))
                .toArray();
        int[] rowOf = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            rowOf[order[i]] = i * CLASSES;
        }
        int[] table = new int[next.length];
        for (int i = 0; i < order.length; i++) {
            for (int cls = 0; cls < CLASSES; cls++) {
                table[i * CLASSES + cls] = rowOf[next[order[i] * CLASSES + cls]];
            }
        }
        int[][] keywordsAt = IntStream.of(order)
                .filter(state -> !ends.get(state).isEmpty())
                .mapToObj(state ->
                        ends.get(state).stream().mapToInt(Integer::intValue).toArray())
                .toArray(int[][]::new);
        return new KeywordAutomaton(table, (order.length - keywordsAt.length) * CLASSES, keywordsAt);
    }

    private static void addState(List<short[]> trie, List<List<Integer>> ends) {
        if (trie.size() > Short.MAX_VALUE) {
            throw new IllegalArgumentException("too many keywords for 16-bit states");
        }
        trie.add(new short[CLASSES]);
        ends.add(new ArrayList<>());
    }

    /** Letters without case, digits, and the marks that keywords have; 0 for all others. */
    private static byte[] classes() {
        byte[] classes = new byte[128];
        Arrays.fill(classes, (byte) 0);
        String distinct = "abcdefghijklmnopqrstuvwxyz0123456789-_.:/@=~ \"";
        for (int i = 0; i < distinct.length(); i++) {
            char c = distinct.charAt(i);
            classes[c] = (byte) (i + 1);
            classes[Character.toUpperCase(c)] = (byte) (i + 1);
        }
        return classes;
    }
}
