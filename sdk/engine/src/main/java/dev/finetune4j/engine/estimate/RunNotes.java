package dev.finetune4j.engine.estimate;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the free text of a published row says, for which the table has no column. */
final class RunNotes {
    private final String text;

    RunNotes(String notes) {
        this.text = notes.toLowerCase(Locale.ROOT);
    }

    /** Whether the text holds this expression. */
    boolean say(String expression) {
        return Pattern.compile(expression).matcher(text).find();
    }

    /** The first number that this expression catches. */
    OptionalDouble number(String expression) {
        Matcher matcher = Pattern.compile(expression).matcher(text);
        return matcher.find()
                ? OptionalDouble.of(Double.parseDouble(matcher.group(1).replace(",", "")))
                : OptionalDouble.empty();
    }

    boolean ranOutOfMemory() {
        return say("^oom|out of memory|^failed.*memory");
    }

    boolean hasNoResult() {
        return say("^no result");
    }

    /** What the figure of memory counts, where the row says so. */
    @Nullable
    MemoryFigure figure() {
        if (say("max_memory_allocated|peak allocated|memory allocated|mem_alloc|peak active|active memory")) {
            return MemoryFigure.ALLOCATED;
        }
        if (say("reserved")) {
            return MemoryFigure.RESERVED;
        }
        return say("nvidia-smi|nvml|nvitop|device memory") ? MemoryFigure.DEVICE : null;
    }

    boolean offloadsOptimizer() {
        return say("offload of (the )?optimizer|optimizer (cpu )?offload|optimizer and param|cpu offload(?! of params)"
                + "|offload=yes|offload_optimizer|zero-offload");
    }

    boolean offloadsWeights() {
        return say(
                "offload of (optimizer and )?params|param(eter)?s? (cpu )?offload|offload_param|parameter cpu offload");
    }

    boolean isFullLength() {
        return say(
                "full[- ]length|dense tokens|padded to max|pad(ded|ding)?[ =]*(to )?max_?length|mock data|synthetic");
    }

    boolean isCompiled() {
        return say("compile on|(^|[ ;])compile[,;]|; compile|torch\\.compile\\b")
                && !say("compile included|it/s eager and|without compile|compile off");
    }
}
