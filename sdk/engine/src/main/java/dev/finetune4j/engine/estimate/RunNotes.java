package dev.finetune4j.engine.estimate;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the free text of a published row says, for which the table has no column. */
final class RunNotes {
    /** An offload of the optimizer or of more: not of activations, which leaves weights and moments where they are. */
    static final String CPU_OFFLOAD =
            "(?<!\\b(?:act|activations?|checkpoint|checkpoints|checkpointing) (?:(?:with|and|by|plus) )?)"
                    + "(?<![a-z])cpu[ _-]off-?load(?! of (?:the )?(?:act|checkpoint))";

    /** A run of several is told to be the compiled one, or nothing else is said of it; or blocks are compiled one by one, as Accelerate calls it. */
    private static final String COMPILED =
            "|\\bcompiled (?:rows?|runs?|model|layers?|blocks?)\\b|\\bregional compilation\\b"
                    + "|(?<=^|[;,(] ?)compiled(?=[ ]?(?:[;,.)]|$))";

    private static final String COMPILED_LAYERS = "\\bcompiled\\b(?! from)";

    /** Layers under no torch.compile; not attention that writes its scores out. */
    private static final String EAGER =
            "(?<!attention |attention: |attention=|attn |implementation=|implementation: |sdpa/)\\beager\\b(?!-| (?:attention|attn|softmax|loading))";

    /** Layers under torch.compile; not how long that took, nor code "compiled from source". */
    private static final String COMPILE =
            "(?:py)?torch[._ ]compile\\b|(?<!\\w)(?<!\\w-)compile\\b(?!-free| (?:time|included|excluded))";

    private static final String PARAMETERS = "(?<![a-z])(?:model )?(?:param(?:eter)?s?|weights)(?![a-z])";
    private static final String OFFLOADED = "[ _](?:are |were |is |was )?(?:cpu[ _])?off-?load";

    /** A stage of ZeRO, before its number: "ds_z3_offload.json". */
    private static final String STAGE = "(?:zero|(?<![a-z])z)[ _-]?";

    /** Rows that are padded to the most that any may have, not to the longest that come together. */
    private static final String PADDED =
            "(?<!dynamic(?:ally)? )pad(?:ded|ding)?[ _]?[=:]?[ ]?[\"']?(?:to[ _](?:the )?max(?:imum)?(?:[ _-]?length)?+|max_?length)(?![a-z])"
                    + "(?!(?: length)? (?:in|of|within|per) (?:the |each |every |its |a )?(?:[a-z]+[- ])?batch)";

    /** What is said of rows that are all of one length, among it that they are made up, as those of a benchmark are. */
    private static final String FULL_LENGTH =
            "(?<!\\bpacked (?:in)?to (?:the )?)full[- ]length|\\bfull rows\\b|fully filled|(?:exactly|fixed)[ -](?:of )?(?:(?:the|that|this) )?length|exactly (?:this|that|so) long"
                    + "|dense tokens|(?:mock|fake|dummy) data(?![ -]?load)|random tokens(?=[ ]?(?:[,.;:()]|$)| of )"
                    + "|synthetic (?:rows|batch(?:es)?|tokens)|synthetic (?:data|inputs?|samples|sequences)(?=[ ]?(?:[,.;:()]|$)| of )";

    private static final String PREPARED = "prepare_model_for_kbit_training|prepar(?:ed|es|ation)(?: it)? for k-?bit";

    private static final Pattern NOT_OUT_OF_MEMORY =
            Pattern.compile("(?:\\b(?:not|never|no|without)|n't) (?:(?:run|ran|running|go|going|went) )?out of memory");

    /** What is said of the run, and does not deny that memory was what it failed for: "OOM failed at step 3". */
    private static final Pattern FAILED = Pattern.compile("(?<=oom|memory)[ ,:]+fail(?:s|ed)?\\b");

    /** A number, and the full stop of a sentence that it may end. */
    private static final Pattern DIGITS = Pattern.compile("(\\d+(?:\\.\\d+)?)\\.?");

    /** What is more was not counted. */
    private static final double MOST = 1e15;

    private final String text;

    RunNotes(String notes) {
        this.text = notes.toLowerCase(Locale.ROOT);
    }

    /** Whether the text holds this expression, and does not say no to it: "without CPU offload", "liger=no", "packing off". */
    boolean say(String expression) {
        return told(expression).anyMatch(mention -> !mention.isDenied());
    }

    /** Whether the text holds this expression and says no to it. */
    boolean deny(String expression) {
        return told(expression).anyMatch(Mention::isDenied);
    }

    /** Whether the text says this or denies it; null where it does neither or both, as of several rows. */
    @Nullable
    Boolean tell(String expression) {
        boolean isSaid = say(expression);
        return isSaid == deny(expression) ? null : (Boolean) isSaid;
    }

    /** Whether the text says this of some rows and denies it of others. */
    boolean tellBoth(String expression) {
        return (say(expression) && deny(expression)) || mentions(expression).anyMatch(Mention::isOfSome);
    }

    /** Where the text tells this expression of the run itself: not of what it is compared with, nor of a part of the rows alone. */
    private Stream<Mention> told(String expression) {
        return mentions(expression).filter(mention -> !mention.isUntold() && !mention.isOfSome());
    }

    private Stream<Mention> mentions(String expression) {
        return Pattern.compile(expression).matcher(text).results().map(found -> Mention.in(text, found));
    }

    /** What of this expression the text says first; empty where it does not. */
    Optional<String> first(String expression) {
        return Pattern.compile(expression)
                .matcher(text)
                .results()
                .filter(found -> {
                    Mention mention = Mention.in(text, found);
                    return !mention.isUntold() && !mention.isOfSome() && !mention.isDenied();
                })
                .map(MatchResult::group)
                .findFirst();
    }

    /** The first number that this expression catches, which is digits, commas and points; empty for 0 and for no number. */
    OptionalDouble number(String expression) {
        Optional<MatchResult> found = Pattern.compile(expression)
                .matcher(text)
                .results()
                .filter(number -> Mention.in(text, number).isOfRun())
                .findFirst();
        if (found.isEmpty()) {
            return OptionalDouble.empty();
        }
        Matcher digits = DIGITS.matcher(found.get().group(1).replace(",", ""));
        double value = digits.matches() ? Double.parseDouble(digits.group(1)) : 0;
        return value > 0 && value < MOST ? OptionalDouble.of(value) : OptionalDouble.empty();
    }

    boolean ranOutOfMemory() {
        String asSaid = NOT_OUT_OF_MEMORY.matcher(text).replaceAll("");
        return new RunNotes(FAILED.matcher(asSaid).replaceAll("")).say("^oom|out of memory|^failed.*memory");
    }

    boolean hasNoResult() {
        return say("^no result");
    }

    /** Tokens of the longest and of the mean row before any cap, where the row tells them of its data. */
    OptionalDouble longestTokens() {
        OptionalDouble said = number("\\b(?:max|maximum|longest)(?: length)?[ =:]*([\\d,]+) tokens");
        return said.isPresent() ? said : number(" tokens,[^.;]{0,20} max ([\\d,]+)");
    }

    OptionalDouble meanTokens() {
        return number("\\b(?:mean|average|avg)(?: length)?[ =:]*([\\d,.]*\\d) tokens");
    }

    /** Weights as narrow as what is computed in; not {@code --bf16 True}, by which Trainer computes over weights in single precision. */
    boolean saysWeightsAreHalf() {
        return say("pure[ _](bf16|bfloat16|fp16|float16|half)|\\b16-true"
                + "|(bf16|bfloat16|fp16|float16|half)([ _-]?\\(?pure\\b|-true\\b|[ ]?\\(true\\))"
                + "|(bf16|bfloat16|fp16|float16) (weights|parameters)|weights (?:are |were )?(?:in )?(?:bf16|bfloat16|fp16|float16|half)(?![\\w-])"
                + "|torch_dtype[ =:]{1,3}(?:torch\\.)?(?:bf16|bfloat16|fp16|float16|half)\\b");
    }

    /** A frozen base that lies in the eight bits in which it is multiplied, as MLPerf's entries by Transformer Engine do. */
    boolean saysWeightsAreFp8() {
        return say("fp8[ _-](primary )?(weights|param(eter)?s)\\b");
    }

    /** Weights that are trained or lie frozen, not the copies that an optimizer keeps of them: "fp32 master weights". */
    boolean saysWeightsAreSingle() {
        return say("(?:fp32|float32|single[- ]precision) (?:base )?weights");
    }

    /** Whether PEFT has cast to single precision what of the base is not packed; null where nobody says it. */
    @Nullable
    Boolean preparesForFewBits() {
        if (say("embeddings?(?: and (?:lm[_ ])?head)? (?:re)?cast (?:back )?to (?:bf16|fp16|half)")) {
            return false;
        }
        return tell(PREPARED);
    }

    /** What the figure of memory counts, where the row says so. */
    @Nullable
    MemoryFigure figure() {
        if (say("wandb[^;.]{0,20}memory allocated")) { // its system metrics are the driver's
            return MemoryFigure.DEVICE;
        }
        if (say(
                "max_memory_allocated|(?:peak|max(?:imum)?|memory) (?:cuda |gpu )?(?:memory )?allocated|allocated by (?:py)?torch|\\d ?[mg]i?b allocated(?! (?:at|when|before) )|mem_alloc|peak active"
                        + "|active memory")) {
            return MemoryFigure.ALLOCATED;
        }
        if (say("reserved")) {
            return MemoryFigure.RESERVED;
        }
        return say("nvidia-smi|nvml|nvitop|device memory") ? MemoryFigure.DEVICE : null;
    }

    boolean offloadsOptimizer() {
        return say("off-?load(?:s|ing|ed)?[ _](?:of )?(?:the )?(?:" + PARAMETERS + " and )?optim"
                + "|optim(?:izer)?(?: states?)?(?: and (?:the )?" + PARAMETERS + ")?" + OFFLOADED
                + "|" + CPU_OFFLOAD + "(?! of params)|offload=yes|zero-offload|" + STAGE + "[123][ _-]offload");
    }

    boolean offloadsWeights() {
        return say("off-?load(?:s|ing|ed)?[ _](?:of )?(?:the )?(?:optim(?:izer)?(?: states?)? and )?" + PARAMETERS
                + '|' + PARAMETERS + "(?: and (?:the )?optim(?:izer)?(?: states?)?)?" + OFFLOADED
                + "|optim(?:izer)?(?: states?)? and (?:the )?" + PARAMETERS + OFFLOADED
                + '|' + STAGE + "3[ _-]offload");
    }

    /** Whether rows are as long as they may be; where lengths are told, those count, but of rows that are padded. */
    boolean isFullLength() {
        boolean tellsLengths = longestTokens().isPresent() || meanTokens().isPresent();
        return say(PADDED) || (!tellsLengths && say(FULL_LENGTH));
    }

    /** Kernels fused by hand, as those of fms-acceleration ("foak") or flash-attention ("fused dropout-add-LN"). */
    boolean hasFusedKernels() {
        return say("fused[ _-](?:ops and )?kernels|fused dropout-add");
    }

    /** Layers of NVIDIA's Transformer Engine ("te.TransformerLayer"). */
    boolean hasTransformerEngine() {
        return say("transformer[ _-]?engine|(?<![a-z])te\\.(?:transformer|layernorm|linear)");
    }

    /** Whether layers run under torch.compile, "compile=True", "torch_compile", or do not, "not compiled", "eager"; null where nobody says it, or both. */
    @Nullable
    Boolean isCompiled() {
        Boolean compiled = tell(COMPILE + COMPILED);
        boolean isEager = say(EAGER) || deny(COMPILED_LAYERS);
        return !isEager ? compiled : Boolean.TRUE.equals(compiled) ? null : Boolean.FALSE;
    }
}
