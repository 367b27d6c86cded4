package dev.finetune4j.engine.check.privacy;

import dev.finetune4j.engine.check.privacy.Detector.Span;
import dev.finetune4j.job.CheckSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds secrets and personal data in a text in one pass. Safe for use by several threads.
 *
 * <p>What it cannot do: names of people, free descriptions, values in images or in encodings other than plain text. It finds
 * shapes, not meaning.
 */
public final class PrivacyScanner {
    /** Digits that a lone number needs before any rule is interested in it. */
    private static final int FEWEST_DIGITS = 8;

    private static final int LONGEST_TOKEN = 80;

    private static final List<Detector> DETECTORS = Stream.of(
                    VendorKeys.detectors(),
                    Credentials.detectors(),
                    ContactRules.detectors(),
                    MoneyRules.detectors(),
                    NationalIds.detectors(),
                    NetworkRules.detectors(),
                    PersonRules.detectors())
            .flatMap(List::stream)
            .toList();

    private static final Map<String, PrivacyRule> RULES = DETECTORS.stream()
            .map(Detector::rule)
            .distinct()
            .collect(Collectors.toMap(PrivacyRule::id, Function.identity()));

    private final KeywordAutomaton automaton;
    private final int[] keywordLengths;
    private final List<List<Detector.AtKeyword>> detectorsByKeyword;
    private final List<Detector.AtNumber> atNumbers;
    private final List<Detector.AtToken> atTokens;
    private final boolean isIdle;

    private PrivacyScanner(List<Detector> detectors) {
        List<Detector.AtKeyword> atKeywords = only(detectors, Detector.AtKeyword.class);
        List<String> keywords = atKeywords.stream()
                .flatMap(detector -> detector.keywords().stream())
                .distinct()
                .toList();
        automaton = KeywordAutomaton.of(keywords);
        keywordLengths = keywords.stream().mapToInt(String::length).toArray();
        detectorsByKeyword = keywords.stream()
                .map(keyword -> atKeywords.stream()
                        .filter(detector -> detector.keywords().contains(keyword))
                        .toList())
                .toList();
        atNumbers = only(detectors, Detector.AtNumber.class);
        atTokens = only(detectors, Detector.AtToken.class);
        isIdle = detectors.isEmpty();
    }

    /** A scanner for what the job does not ignore. */
    public static PrivacyScanner of(CheckSpec limits) {
        EnumSet<Sensitivity> wanted = EnumSet.noneOf(Sensitivity.class);
        if (limits.secrets() != CheckSpec.Finding.IGNORE) {
            wanted.add(Sensitivity.SECRET);
        }
        if (limits.personalData() != CheckSpec.Finding.IGNORE) {
            wanted.add(Sensitivity.PERSONAL);
        }
        return of(wanted);
    }

    /** A scanner for these. */
    public static PrivacyScanner of(Set<Sensitivity> wanted) {
        return of((PrivacyRule rule) -> wanted.contains(rule.sensitivity()));
    }

    /** A scanner for the rules that pass. */
    static PrivacyScanner of(Predicate<PrivacyRule> wanted) {
        return new PrivacyScanner(DETECTORS.stream()
                .filter(detector -> wanted.test(detector.rule()))
                .toList());
    }

    /** Every rule, sorted by id. */
    public static List<PrivacyRule> rules() {
        return RULES.values().stream()
                .sorted(Comparator.comparing(PrivacyRule::id))
                .toList();
    }

    /** The rule of an id. */
    public static PrivacyRule rule(String id) {
        PrivacyRule rule = RULES.get(id);
        if (rule == null) {
            throw new IllegalArgumentException("no privacy rule is called " + id);
        }
        return rule;
    }

    /** The keywords of all rules. */
    static List<String> keywords() {
        return only(DETECTORS, Detector.AtKeyword.class).stream()
                .flatMap(detector -> detector.keywords().stream())
                .distinct()
                .toList();
    }

    /** What was found, in the order of the text; spans do not overlap. */
    public List<PrivacyFinding> scan(CharSequence text) {
        if (isIdle) {
            return List.of();
        }
        Scan scan = new Scan(text);
        scan.run();
        return scan.found.isEmpty() ? List.of() : withoutOverlaps(scan.found);
    }

    /** One pass over one text. */
    private final class Scan {
        private final CharSequence text;
        private final List<PrivacyFinding> found = new ArrayList<>(0);
        private final NumberGroups groups = new NumberGroups();

        Scan(CharSequence text) {
            this.text = text;
        }

        void run() {
            int state = 0;
            boolean inNumber = false;
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                state = automaton.step(state, c);
                if (automaton.isEnd(state)) {
                    atKeywords(automaton.keywordsAt(state), i + 1);
                }
                boolean isDigit = NumberGroups.isDigit(c);
                if (isDigit && !inNumber) {
                    atNumber(i);
                }
                inNumber = isDigit;
            }
        }

        private void atKeywords(int[] keywords, int end) {
            for (int keyword : keywords) {
                int start = end - keywordLengths[keyword];
                for (Detector.AtKeyword detector : detectorsByKeyword.get(keyword)) {
                    take(detector, detector.matcher().match(text, start, end));
                }
            }
        }

        private void atNumber(int start) {
            groups.read(text, start);
            if (groups.count() > 1 || groups.digits() >= FEWEST_DIGITS) {
                for (Detector.AtNumber detector : atNumbers) {
                    take(detector, detector.matcher().match(text, groups));
                }
            }
            atToken(start);
        }

        /** Tries the token around the first of its digits. */
        private void atToken(int firstDigit) {
            int start = firstDigit;
            while (start > 0 && firstDigit - start < LONGEST_TOKEN && isLetter(text.charAt(start - 1))) {
                start--;
            }
            if (start > 0 && Surroundings.isLetterOrDigit(text.charAt(start - 1))) {
                return;
            }
            int end = groups.end(0);
            while (end < text.length()
                    && end - start <= LONGEST_TOKEN
                    && Surroundings.isLetterOrDigit(text.charAt(end))) {
                end++;
            }
            if (end - start <= LONGEST_TOKEN) {
                for (Detector.AtToken detector : atTokens) {
                    take(detector, detector.matcher().match(text, start, end));
                }
            }
        }

        private void take(Detector detector, @Nullable Span span) {
            if (span != null) {
                found.add(new PrivacyFinding(detector.rule().id(), span.start(), span.end()));
            }
        }
    }

    /** Keeps of overlapping findings the surest, then the longest, then the first. */
    private static List<PrivacyFinding> withoutOverlaps(List<PrivacyFinding> found) {
        List<PrivacyFinding> bySureness = found.stream()
                .distinct()
                .sorted(Comparator.comparing((PrivacyFinding finding) ->
                                -rule(finding.rule()).rank())
                        .thenComparing(finding -> finding.start() - finding.end())
                        .thenComparing(PrivacyFinding::start)
                        .thenComparing(PrivacyFinding::rule))
                .toList();
        TreeMap<Integer, PrivacyFinding> kept = new TreeMap<>();
        for (PrivacyFinding finding : bySureness) {
            Map.Entry<Integer, PrivacyFinding> before = kept.lowerEntry(finding.end());
            if (before == null || before.getValue().end() <= finding.start()) {
                kept.put(finding.start(), finding);
            }
        }
        return List.copyOf(kept.values());
    }

    private static boolean isLetter(char c) {
        return Surroundings.isLetterOrDigit(c) && !NumberGroups.isDigit(c);
    }

    private static <T extends Detector> List<T> only(List<Detector> detectors, Class<T> type) {
        return detectors.stream().filter(type::isInstance).map(type::cast).toList();
    }
}
