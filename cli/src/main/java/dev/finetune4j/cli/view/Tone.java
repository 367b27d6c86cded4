package dev.finetune4j.cli.view;

/** What a colour says. */
public enum Tone {
    /** An error, or a figure that got worse. */
    BAD("31"),
    /** A warning. */
    WARN("33"),
    /** A success, or a figure that got better. */
    GOOD("32"),
    /** What the eye should find first. */
    STRONG("1"),
    /** What the eye may skip. */
    FAINT("2");

    private static final String ESCAPE = "\u001b[";
    private final String code;

    Tone(String code) {
        this.code = code;
    }

    String paint(String text) {
        return ESCAPE + code + "m" + text + ESCAPE + "0m";
    }
}
