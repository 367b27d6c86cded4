package dev.finetune4j.engine.report.view;

import dev.finetune4j.engine.report.Ending;
import dev.finetune4j.engine.report.Figures;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Why a run has no result, what to do about it, and how to go on. */
final class EndingBox {
    private EndingBox() {}

    /** The box; nothing for a run that succeeded or goes on. */
    static Html of(@Nullable Ending ending) {
        if (ending == null) {
            return Html.NONE;
        }
        List<Html> lines = new ArrayList<>();
        if (ending.place() != null) {
            lines.add(line("Where", Html.foreign(ending.place())));
        }
        ending.causes().forEach(cause -> lines.add(line("Why", Html.foreign(cause))));
        String label = "Try";
        for (String remedy : ending.remedies()) {
            lines.add(line(label, Html.of("<code>{}</code>", Html.foreign(remedy))));
            label = "Or";
        }
        if (ending.code() != null) {
            lines.add(line("More", Html.of("<code>finetune explain {}</code>", ending.code())));
        }
        if (ending.resume() != null) {
            lines.add(line("Go on", Html.of("<code>{}</code> <span>{}</span>", ending.resume(), from(ending))));
        }
        return lines.isEmpty() ? Html.NONE : Html.of("<dl class=\"ending\">{}</dl>", Html.join(lines));
    }

    /** Where a resumed run goes on from. */
    static String from(Ending ending) {
        return ending.checkpointStep() > 0
                ? "from the checkpoint after step " + Figures.count(ending.checkpointStep())
                : "from the start: there is no checkpoint yet";
    }

    private static Html line(String name, Html value) {
        return Html.of("<div><dt>{}</dt><dd>{}</dd></div>", name, value);
    }
}
