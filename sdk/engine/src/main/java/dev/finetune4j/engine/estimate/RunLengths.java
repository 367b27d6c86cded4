package dev.finetune4j.engine.estimate;

import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How long the rows of a published run are, how they are packed and padded, and how many of them and of their tokens it trains. */
final class RunLengths {
    /** Sources that benchmark rows of exactly the length that they print. */
    private static final Set<String> FULL_LENGTH = Set.of("qwen1-readme");

    private static final String PACKING = "^(?:(?:sample|sequence)[-_ ]?)?pack(?:ed|ing)\\b";

    /** With a word that says of the run that it does or does not; "packed" alone may be of anything. */
    private static final String PACKED_IN_NOTES =
            "(?:(?:sample|sequence)[-_ ])?packing(?= ?[=:]? ?(?:is |was )?(?:on|off|enabled|disabled|true|false|yes|no|not used)\\b)"
                    + "|(?<=\\b(?:no|with|without|using) )(?:(?:sample|sequence)[-_ ])?packing\\b"
                    + "|\\bpacked (?:(?:in)?to|rows|sequences|samples)\\b|(?<=\\bnot )packed\\b";

    /** How many steps the run takes, as logs have it: not those of its accumulation or of its warm-up, nor those of an epoch. */
    static final String STEPS =
            "(?:optimizer steps |(?<![a-z_-])(?:(?:max|num|total|train|global|optimizer)[_-])?steps=)(\\d++)(?! ?/| per\\b)";

    private static final String PADDED_TO =
            "\\bpadded to (?:a (?:fixed )?length of |exactly )?(\\d[\\d,]*)(?![\\d,]*k\\b)";

    /** How long each is: "rows of exactly 256 tokens", "every row has 1024 tokens". */
    private static final String EACH_OF =
            "\\b(?:rows?|samples?|sequences?|examples?) (?:of|are|has|have|with)(?: all)?(?: exactly)? (\\d[\\d,]*)[ -]tokens?\\b";

    /** What each doubling of a micro-batch adds to its longest row, in mean rows. */
    private static final double PADDING = 0.35;

    /** Where the column of the cap has the longest row itself. */
    private static final String IS_LONGEST =
            "longest sample|(?:seq_len|length|cap) ?(?:=|is|:) ?(?:that of )?(?:the )?longest (?:record|row|example|sequence)";

    /** Some of them are then cut at the cap, unless the longest is told. */
    private static final String LONG_ROWS =
            "(?<!(?:as|how|so|too|that|is|are) )\\blong (?:texts?|documents|rows|samples|sequences)\\b";

    private final RunRow row;

    RunLengths(RunRow row) {
        this.row = row;
    }

    /**
     * Whether rows are joined until they fill the cap; null where nobody says it. Rows that are made up as long as that fill it alone, whatever
     * the column says: attention looks over all of them.
     */
    @Nullable
    Boolean isPacked() {
        if (isFullLength()) {
            return Boolean.FALSE;
        }
        if (columnSaysPacked() || row.notes().say("dolly-15k packed")) {
            return true;
        }
        return row.text("packing").isEmpty() ? row.notes().tell(PACKED_IN_NOTES) : Boolean.FALSE;
    }

    private boolean columnSaysPacked() {
        return row.saysYes("packing") || new RunNotes(row.text("packing")).say(PACKING);
    }

    /** Whether rows are as long as they may be without being packed. */
    boolean isFullLength() {
        return row.notes().isFullLength()
                || (!columnSaysPacked() && saysFullLength(row.text("packing")))
                || fillsCap()
                || FULL_LENGTH.contains(row.text("source"));
    }

    /** Whether the column does; not where the notes tell lengths, but of rows that are padded. */
    private boolean saysFullLength(String packing) {
        return new RunNotes(packing + "; " + row.text("notes")).isFullLength();
    }

    /** Whether rows are made or padded to have as many tokens as they may: "padded to 4096". */
    private boolean fillsCap() {
        Integer cap = row.whole("seq_len");
        return cap != null
                && Stream.of(row.notes(), new RunNotes(row.text("packing")))
                        .anyMatch(said -> said.number(PADDED_TO).orElse(0) == cap
                                || said.number(EACH_OF).orElse(0) == cap);
    }

    /** Tokens of the longest row. */
    @Nullable
    Integer longest() {
        Integer cap = row.whole("seq_len");
        if (cap == null) {
            return row.dataSet().map(DataSets::longestTokens).orElse(null);
        }
        if (Boolean.TRUE.equals(isPacked()) || isFullLength() || row.notes().say(IS_LONGEST)) {
            return cap;
        }
        OptionalDouble said = row.notes().longestTokens();
        if (said.isPresent()) {
            return (int) Math.min(cap, said.getAsDouble());
        }
        if (row.notes().say(LONG_ROWS)) {
            return cap;
        }
        return row.dataSet().map(set -> Math.min(cap, set.longestTokens())).orElse(null);
    }

    /** Tokens of the mean row. Rows of a micro-batch are padded to its longest: each doubling adds about a third of the mean. */
    @Nullable
    Double mean() {
        Integer cap = row.whole("seq_len");
        if (cap != null && (Boolean.TRUE.equals(isPacked()) || isFullLength())) {
            return (double) cap;
        }
        Integer micro = row.whole("micro_batch");
        double padding = micro == null ? 1 : padded(micro);
        OptionalDouble said = row.notes().meanTokens();
        double most = cap == null ? Double.MAX_VALUE : cap;
        if (said.isEmpty()) {
            said = meanOfAll();
        }
        if (said.isPresent()) {
            return Math.min(most, said.getAsDouble() * padding);
        }
        return row.dataSet()
                .map(set -> Math.min(most, set.meanTokens() * padding))
                .orElse(null);
    }

    /** Tokens of the mean row in micro-batches of so many, for each that it has itself. */
    static double padded(int micro) {
        return 1 + PADDING * Math.log(micro) / Math.log(2);
    }

    /** Tokens of the mean row, where those of all rows are counted and none are joined. */
    private OptionalDouble meanOfAll() {
        if (!Boolean.FALSE.equals(isPacked())) {
            return OptionalDouble.empty();
        }
        OptionalDouble tokens = row.number("train_tokens");
        OptionalDouble rows = row.number("train_samples");
        return tokens.isPresent() && rows.orElse(0) >= 1
                ? OptionalDouble.of(Math.max(1, tokens.getAsDouble() / rows.getAsDouble()))
                : OptionalDouble.empty();
    }

    /** Micro-steps of a step, said or told from its rows. */
    @Nullable
    Integer accumulation(Parallelism spread) {
        Integer said = row.whole("grad_accum");
        Integer batch = row.whole("global_batch");
        Integer micro = row.whole("micro_batch");
        if (said != null || batch == null || micro == null) {
            return said;
        }
        int readers = Math.max(1, spread.replicas() / spread.sequence()); // those of a row share its tokens
        return (int) Math.max(1, batch / ((long) micro * readers));
    }

    /** Rows of the whole run, of all epochs. */
    OptionalDouble rowsTrained() {
        OptionalDouble rows = row.number("train_samples");
        double known = row.dataSet().map(DataSets::rows).orElse(0L);
        double each = rows.orElse(known);
        OptionalDouble epochs = row.number("epochs");
        return each > 0 && epochs.isPresent() ? OptionalDouble.of(each * epochs.getAsDouble()) : OptionalDouble.empty();
    }

    /** Tokens of the whole run as computed, as far as the row says; a mean row that is not known is filled in later. */
    OptionalDouble tokensTrained(TrainingSetup setup) {
        OptionalDouble tokens = row.number("train_tokens");
        if (tokens.isPresent()) {
            return OptionalDouble.of(tokens.getAsDouble() * row.number("epochs").orElse(1));
        }
        Double mean = setup.meanTokens();
        if (mean == null) {
            return OptionalDouble.empty();
        }
        OptionalDouble micro = row.notes().number("(\\d+) micro-batch iterations");
        if (micro.isPresent() && setup.microBatch() != null) {
            return OptionalDouble.of(micro.getAsDouble() * setup.microBatch() * mean * row.gpuCount());
        }
        OptionalDouble steps = row.notes().number(STEPS);
        OptionalDouble batch = row.number("global_batch");
        if (steps.isPresent() && batch.isPresent()) {
            return OptionalDouble.of(steps.getAsDouble() * batch.getAsDouble() * mean);
        }
        OptionalDouble rows = rowsTrained();
        OptionalDouble each = isCountedBeforePacking() ? tokensBeforePacking() : OptionalDouble.of(mean);
        return rows.isPresent() && each.isPresent()
                ? OptionalDouble.of(rows.getAsDouble() * each.getAsDouble())
                : OptionalDouble.empty();
    }

    /** Samples are counted as the data has them; packed, many of them fill a row up to its cap. */
    boolean isCountedBeforePacking() {
        return Boolean.TRUE.equals(isPacked());
    }

    private OptionalDouble tokensBeforePacking() {
        OptionalDouble said = row.notes().meanTokens();
        return said.isPresent()
                ? said
                : row.dataSet().stream().mapToDouble(DataSets::meanTokens).findFirst();
    }
}
