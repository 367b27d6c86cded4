package dev.finetune4j.cli.view;

import dev.finetune4j.engine.hints.Hint;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;

/** Prints what others choose for the settings of a job, or what is advised where nobody published a choice. */
public final class HintView {
    private static final int INDENT = 2;
    private static final String JUDGEMENT = "judgement";

    private final Screen screen;

    /** Prints results to {@code screen}. */
    public HintView(Screen screen) {
        this.screen = screen;
    }

    /** Prints each setting, what the job has, what others choose, why and where they say so. */
    public void print(List<Hint> hints) {
        for (Hint hint : hints) {
            String here = number(hint.present()) + (hint.isChosen() ? " here" : " here, which nobody chose");
            screen.line(screen.paint(Tone.STRONG, hint.key()) + "  " + here + "; " + advised(hint));
            detail(hint.why());
            detail("source: " + hint.source());
            if (!hint.link().isEmpty()) {
                detail(hint.link());
            }
        }
    }

    /** How many settings that a job leaves open are advised to be otherwise, if there are any. */
    public void count(List<Hint> hints, Path job) {
        long open = hints.stream().filter(Hint::isWorthATry).count();
        if (open > 0) {
            String settings = open == 1
                    ? "1 setting has its default, where another value is advised"
                    : open + " settings have their defaults, where other values are advised";
            screen.line(screen.paint(
                    Tone.FAINT, Wrap.hanging(settings + ": finetune explain " + job, screen.columns(), 0)));
        }
    }

    /** What was judged here, even from what others publish, nobody but us chose: others are not spoken for. */
    private static String advised(Hint hint) {
        boolean isSame = hint.present() == hint.advised();
        if (hint.source().startsWith(JUDGEMENT)) {
            return isSame ? "the same is advised here" : "advised here is " + number(hint.advised());
        }
        return isSame ? "others do the same" : "others " + number(hint.advised());
    }

    private void detail(String text) {
        screen.line(screen.paint(Tone.FAINT, " ".repeat(INDENT) + Wrap.hanging(text, screen.columns(), INDENT)));
    }

    private static String number(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }
}
