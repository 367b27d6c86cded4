package dev.finetune4j.engine.estimate;

import dev.finetune4j.engine.estimate.TrainingSetup.Arithmetic;
import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import dev.finetune4j.engine.estimate.TrainingSetup.Method;
import dev.finetune4j.engine.estimate.TrainingSetup.Optimizer;
import dev.finetune4j.engine.estimate.TrainingSetup.Weights;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** By which method and which optimizer a published run trains, and in which number formats. */
final class RunMethod {
    private static final Pattern QLORA = Pattern.compile("(?<![a-z])q[-_ ]?[ld]ora|qlora|qdora");

    /** A base in 4 or 8 bits; not moments in 8. */
    private static final Pattern PACKED =
            Pattern.compile("nf4|fp4|int4|int8|[48][-_ ]?bit(?![-_ ]*(?:paged|adam|optim|lion))|gptq|awq");

    private static final Pattern STATELESS = Pattern.compile("adafactor|sgd|\\bcame\\b|lomo");
    private static final Pattern IN_BACKWARD = Pattern.compile("backward|in_bwd|lomo");

    /** An optimizer with moments in few bits, as trainers name it: no base in as many. */
    private static final Pattern PACKED_OPTIMIZER = Pattern.compile(
            "(?:paged[-_ ])?(?:adamw?|ademamix|rmsprop|lion|sgd|adagrad)(?:[-_ ](?:bnb|torch))?(?:[-_ ]?8|_4)[-_ ]?bit");

    /** Moments as narrow as weights: "AdamW bf16 states", "AdamWBF16". */
    private static final Pattern HALF_MOMENTS =
            Pattern.compile("(?:bf16|bfloat16)[ _-](?:states|moments)|adamw?[_-]?bf16");

    /** As Lightning calls fp16 for short: "16-mixed". */
    private static final Pattern LIGHTNING_HALF = Pattern.compile("(?<!\\w)16-(?:true|mixed)\\b");

    /** Formats of four bits that tensor cores multiply in (Transformer Engine's NVFP4), where weights that are trained are not packed in them. */
    private static final Pattern NARROW = Pattern.compile("(?:nv|mx)fp4");

    /** How weights and what belongs to them is stored, which does not tell what they are multiplied in: "fp32 weights and gradients". */
    private static final Pattern STORED = Pattern.compile(
            "(?:fp32|float32|single[- ]precision) (?:master )?(?:weights|params|parameters)(?:,? (?:and|\\+|&) (?:gradients|grads|moments|optimizer states?|states))?");

    /** Products in TF32 where all else is in single precision. */
    private static final String TF32 =
            "(?<![a-z0-9])(?:allow[ _-])?tf32(?:[ =:]*(?:on|true|yes|1))?(?![a-z0-9])|(?:set_float32_)?matmul_precision[ =:('\"]*high\\b";

    /** Optimizers that notes may name where the column is empty; plain Adam is in notes for much else. */
    private static final String OPTIMIZER =
            "(?:paged[ _-]?)?(?:adamw?|lion)(?:[ _](?:bnb|torch))?[ _-]?8-?bit(?: \\+ optimizer_in_bwd)?|8-?bit (?:paged )?(?:adamw?|lion)\\b|paged[ _-]?adamw?\\b"
                    + "|fused adamw?\\b|adamw?(?:_torch)?[ _]fused\\b|\\badafactor\\b|\\bsgd\\b|optim(?:izer)?[=:] ?[\"']?adamw?(?:_\\w+)?\\b";

    private final RunRow row;

    RunMethod(RunRow row) {
        this.row = row;
    }

    /** What is trained; empty where its name is not known. */
    Optional<Method> method() {
        String name = row.lower("method");
        if (QLORA.matcher(name).find()) {
            return Optional.of(Method.QLORA);
        }
        if (name.contains("lora") || name.contains("dora")) {
            return Optional.of(
                    row.text("precision").matches("(?i).*(nf4|int4|4-?bit|int8|gptq|awq).*")
                                    || PACKED.matcher(withoutOptimizer(name)).find()
                            ? Method.QLORA
                            : Method.LORA);
        }
        if (name.contains("full") || name.equals("sft")) {
            return Optional.of(Method.FULL);
        }
        return name.matches(".*(prompt|prefix|adapter|ia3|p-?tuning).*")
                ? Optional.of(Method.PROMPT)
                : Optional.empty();
    }

    /** Whether adapters train the lengths of rows apart. */
    boolean hasDora() {
        return row.lower("method").contains("dora") || row.notes().say("\\bq?dora\\b|\\buse_dora\\b");
    }

    /** How the base is packed where the method says it: "LoRA (8-bit)". */
    private String packedByMethod(Method method) {
        Matcher packed = PACKED.matcher(withoutOptimizer(row.lower("method")));
        return method == Method.QLORA && packed.find() ? ' ' + packed.group().replaceAll("[_ ]bit", "-bit") : "";
    }

    private static String withoutOptimizer(String method) {
        return PACKED_OPTIMIZER.matcher(method).replaceAll("");
    }

    @Nullable
    Arithmetic arithmetic() {
        String text = STORED.matcher(row.lower("precision")).replaceAll("");
        if (text.isEmpty()) {
            return null;
        }
        RunNotes said = new RunNotes(text);
        if (said.say("fp8") || (NARROW.matcher(text).find() && method().equals(Optional.of(Method.FULL)))) {
            return Arithmetic.FP8;
        }
        if (said.say("bf16|bfloat16")) {
            return Arithmetic.BF16;
        }
        if (said.say("fp16|float16|half") || LIGHTNING_HALF.matcher(text).find()) {
            return Arithmetic.FP16;
        }
        if (!text.contains("32")) {
            return null;
        }
        return said.say(TF32) || row.notes().say(TF32) ? Arithmetic.TF32 : Arithmetic.FP32;
    }

    /** How the model's weights are stored; null where any may be meant. */
    @Nullable
    Weights weights(Method method, Framework framework) {
        if (method == Method.FULL && hasHalfMoments()) { // PyTorch makes them of what they belong to
            return Weights.HALF;
        }
        String text = (row.lower("precision") + packedByMethod(method)).strip();
        boolean isHalf = row.notes().saysWeightsAreHalf() || new RunNotes(text).saysWeightsAreHalf();
        if (method != Method.QLORA && isHalf && !PACKED.matcher(text).find()) { // "bf16-true+nf4" is packed
            return Weights.HALF;
        }
        if (method == Method.LORA && row.notes().saysWeightsAreFp8()) {
            return Weights.FP8;
        }
        boolean isEight = text.contains("int8") || text.contains("8-bit") || text.contains("8bit");
        if (isEight && !text.contains("4")) {
            return Weights.INT8;
        }
        if (text.matches(".*(gptq|awq|int4|mxfp4|hqq).*")
                || (row.text("model").matches("(?i).*gpt[-_ ]?oss.*") && method == Method.QLORA)) {
            return Weights.INT4;
        }
        if (isEight) {
            return Weights.INT8;
        }
        if (text.contains("nf4-dq")) {
            return Weights.NF4_DOUBLE;
        }
        if (method == Method.QLORA || text.contains("nf4") || text.contains("4-bit") || text.contains("4bit")) {
            boolean packsScales =
                    row.framework().packsScales() && !NARROW.matcher(text).find();
            return switch (framework) {
                case LITGPT -> Weights.NF4;
                case TORCHTUNE, UNSLOTH -> Weights.NF4_DOUBLE;
                default -> {
                    @Nullable
                    Weights usual = method == Method.QLORA ? null : Weights.NF4; // only of QLoRA both forms are assumed
                    yield packsScales ? Weights.NF4_DOUBLE : usual;
                }
            };
        }
        boolean hasMaster =
                framework.has(FrameworkTrait.MASTER_WEIGHTS); // in single precision, among the optimizer's states
        boolean isSingle = row.notes().saysWeightsAreSingle()
                || new RunNotes(text).saysWeightsAreSingle()
                || (method == Method.FULL && row.framework().trainsInSingle());
        if (isSingle && !hasMaster) {
            return Weights.FP32;
        }
        boolean isMixed = text.matches(".*(amp|mixed).*");
        if (isMixed && method == Method.FULL && hasMaster) {
            return Weights.HALF;
        }
        boolean isFrozen = framework == Framework.HUGGING_FACE && method != Method.FULL;
        if ((isMixed && !isFrozen) // a frozen base stays as it was loaded
                || text.startsWith("fp32")
                || text.startsWith("float32")
                || text.startsWith("tf32")) {
            return Weights.FP32;
        }
        boolean loadsInHalf = row.framework().loadsInHalf();
        boolean mayLoadInHalf = loadsInHalf && !(method == Method.FULL && arithmetic() == Arithmetic.FP16);
        boolean isOpen = (text.isEmpty() && !loadsInHalf)
                || (framework == Framework.HUGGING_FACE && !mayLoadInHalf)
                || framework == Framework.TUNED
                || framework == Framework.OTHER;
        return isOpen ? null : Weights.HALF;
    }

    /** Whether embedding, head and norms are left in single precision beside packed layers; null where nobody says it. */
    @Nullable
    Boolean hasSinglePrecisionEdges() {
        Boolean said = row.notes().preparesForFewBits();
        return (said == null && row.framework().leavesEdgesInHalf()) ? Boolean.FALSE : said;
    }

    boolean hasHalfMoments() {
        return HALF_MOMENTS.matcher(row.lower("optimizer")).find();
    }

    @Nullable
    Optimizer optimizer(Framework framework) {
        String column = row.lower("optimizer");
        String text = column.isEmpty() ? row.notes().first(OPTIMIZER).orElse("") : column;
        boolean isEight = text.contains("8bit") || text.contains("8-bit");
        if (text.contains("galore")
                && !text.contains("layer")) { // moments of gradients that are projected to a low rank
            return Optimizer.STATELESS;
        }
        boolean isPaged = text.contains("paged");
        boolean isStateless = STATELESS.matcher(text).find();
        if (IN_BACKWARD.matcher(text).find()) {
            if (isStateless) {
                return Optimizer.STATELESS_IN_BACKWARD;
            }
            if (isPaged) {
                return isEight ? Optimizer.PAGED_ADAMW_8BIT_IN_BACKWARD : Optimizer.PAGED_ADAMW_IN_BACKWARD;
            }
            return isEight ? Optimizer.ADAMW_8BIT_IN_BACKWARD : Optimizer.ADAMW_IN_BACKWARD;
        }
        if (isPaged) {
            return isEight ? Optimizer.PAGED_ADAMW_8BIT : Optimizer.PAGED_ADAMW;
        }
        if (isEight) {
            return Optimizer.ADAMW_8BIT;
        }
        boolean stepsFused = framework == Framework.TORCHTUNE || row.framework().stepsFused();
        if (text.contains("fused") || (stepsFused && text.contains("adam"))) {
            return Optimizer.ADAMW_FUSED;
        }
        if (text.contains("lion") || text.contains("muon") || text.contains("momentum")) {
            return Optimizer.MOMENTUM;
        }
        if (isStateless) {
            return Optimizer.STATELESS;
        }
        if (Boolean.TRUE.equals(new RunDefaults(row).has(Since.FUSED_STEP))
                && (text.isEmpty() || text.equals("adamw"))) {
            return text.isEmpty() ? Optimizer.ADAMW_FUSED : null; // plain "AdamW" may be the default or adamw_torch
        }
        if (Boolean.FALSE.equals(new RunDefaults(row).has(Since.FOREACH_STEP))
                && (text.isEmpty() || text.contains("adam"))) {
            return Optimizer.ADAMW_ONE_BY_ONE;
        }
        return text.contains("adam") ? Optimizer.ADAMW : null;
    }
}
