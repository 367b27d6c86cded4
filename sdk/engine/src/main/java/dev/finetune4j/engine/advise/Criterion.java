package dev.finetune4j.engine.advise;

import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Spelling;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the choice of an approach depends on. Answers are in order, so that each is a number: an amount, or the place of a word. */
public enum Criterion {
    /** Rows with the answer that is wanted. */
    ROWS("How many rows with the wanted answer are there?", "rows"),
    /** Text of the domain without answers, in bytes. */
    CORPUS("How much text of the domain is there besides, such as 500 MB or 100 GB?", "bytes"),
    /** Facts that answers rest on and no model has learned. */
    FACTS(
            "Must answers hold facts that no model has learned, and how often do these change?",
            List.of("none", "fixed", "monthly", "daily")),
    /** Distance of the text from what models were trained on. */
    DOMAIN("How far is the text from everyday language?", List.of("general", "special", "remote")),
    /** How stable the form of answers must be. */
    FORM("How much must answers keep to one form?", List.of("free", "similar", "fixed")),
    /** How long an answer may take. */
    LATENCY("How fast must an answer come?", List.of("minutes", "seconds", "instant")),
    /** Answers a month. */
    REQUESTS("How many answers are wanted a month?", "requests a month"),
    /** Money until it works, in US dollars. */
    BUDGET("How much may it cost until it works, in USD?", "USD"),
    /** Days until it must work. */
    DAYS("In how many days must it work?", "days"),
    /** What the team has done before. */
    SKILLS("What has the team done before?", List.of("prompts", "software", "training", "pretraining")),
    /** How far the team is with this task. */
    MATURITY("How far is the team with language models?", List.of("none", "measured", "production"));

    private static final Pattern NUMBER = Pattern.compile("(\\d[\\d,_]*(?:\\.\\d+)?)\\s*([A-Za-z]*)");
    private static final Map<String, Double> SCALES =
            Map.of("", 1.0, "K", 1e3, "M", 1e6, "KB", 1e3, "MB", 1e6, "GB", 1e9, "TB", 1e12);
    private static final Pattern CURRENCY = Pattern.compile("\\s*USD$", Pattern.CASE_INSENSITIVE);

    private static final List<String> SIZES = List.of("bytes", "KB", "MB", "GB", "TB");
    private static final double THOUSAND = 1000;
    private static final MathContext DIGITS = new MathContext(3);

    private final String question;
    private final String unit;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> words;

    Criterion(String question, String unit) {
        this.question = question;
        this.unit = unit;
        this.words = List.of();
    }

    Criterion(String question, List<String> words) {
        this.question = question;
        this.unit = "";
        this.words = words;
    }

    /** What to ask a person. */
    public String question() {
        return question;
    }

    /** The answers that there are, in order; empty where the answer is a number. */
    public List<String> words() {
        return words;
    }

    /** Its name in flags and files. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads an answer: one of the words, or a number such as {@code 2000}, {@code 1.5M} or {@code 100 GB}; as a budget {@code 10K USD},
     * too.
     *
     * @throws FineTuneException with FT0750 if it is none
     */
    public double parse(String text) {
        String plain = text.strip();
        if (!words.isEmpty()) {
            int place = words.indexOf(plain.toLowerCase(Locale.ROOT));
            if (place < 0) {
                throw notAnAnswer(plain);
            }
            return place;
        }
        Matcher number = NUMBER.matcher(this == BUDGET ? CURRENCY.matcher(plain).replaceFirst("") : plain);
        Double scale = number.matches() ? SCALES.get(number.group(2).toUpperCase(Locale.ROOT)) : null;
        if (scale == null) {
            throw notAnAnswer(plain);
        }
        double answer = scale * Double.parseDouble(number.group(1).replaceAll("[,_]", ""));
        if (this == CORPUS
                && answer > 0
                && !number.group(2).toUpperCase(Locale.ROOT).endsWith("B")) {
            throw notAnAnswer(plain); // who says 5 hardly means 5 bytes, and 5M may be tokens
        }
        return answer;
    }

    private FineTuneException notAnAnswer(String text) {
        String example = this == CORPUS ? "100GB" : words.isEmpty() ? "2000" : words.get(words.size() - 1);
        Problem.Builder problem = AdviseProblems.NOT_AN_ANSWER
                .error(key() + " cannot be \"" + text + '"')
                .at(Location.of("--" + key()))
                .because("it is "
                        + (this == CORPUS
                                ? "a number with its unit, KB, MB, GB or TB"
                                : words.isEmpty() ? "a number of " + unit : "one of " + String.join(", ", words)));
        Spelling.nearest(text, words).ifPresent(near -> problem.because("did you mean " + near + "?"));
        return problem.remedy("--" + key() + " " + Spelling.nearest(text, words).orElse(example))
                .asException();
    }

    /** An answer as people write it. */
    public String show(double answer) {
        if (!words.isEmpty()) {
            return words.get((int) answer);
        }
        if (this == CORPUS) {
            return size(answer);
        }
        return number(answer) + (this == BUDGET ? " USD" : "");
    }

    /** With a fraction where that matters: half a dollar is neither none nor one. */
    private static String number(double answer) {
        return answer < THOUSAND && answer != Math.rint(answer)
                ? new BigDecimal(answer).round(DIGITS).stripTrailingZeros().toPlainString()
                : Figures.count(Math.round(answer));
    }

    /** Answers from one up to below another, of which the second may be infinite. */
    String show(double from, double below) {
        if (!words.isEmpty()) {
            int end = (int) Math.min(below, words.size());
            String last = words.get(end - 1);
            List<String> others = words.subList((int) from, end - 1);
            return others.isEmpty() ? last : String.join(", ", others) + " or " + last;
        }
        if (Double.isInfinite(below)) {
            return "from " + show(from);
        }
        return from <= 0 ? "below " + show(below) : show(from) + " to below " + show(below);
    }

    private static String size(double bytes) {
        double size = bytes;
        for (String unit : SIZES) {
            if (size < THOUSAND || unit.equals(SIZES.get(SIZES.size() - 1))) {
                return new BigDecimal(size).round(DIGITS).stripTrailingZeros().toPlainString() + " " + unit;
            }
            size /= THOUSAND;
        }
        throw new IllegalStateException("the last unit takes every size");
    }
}
