package dev.finetune4j.engine.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text of the job file after {@code ${env:NAME}} was replaced. Nothing else is replaced, and a doubled dollar sign before the
 * brace stands for the characters themselves.
 *
 * @param value the text with every variable in its place; empty places where one is missing
 * @param names the variables in it, in order
 * @param faults why a variable could not be replaced, one line each
 */
record EnvironmentText(String value, List<String> names, List<String> faults) {
    private static final String OPENING = "${env:";
    private static final Pattern REFERENCE = Pattern.compile("\\$\\$\\{env:|\\$\\{env:(?:([A-Za-z_][A-Za-z0-9_]*)})?");

    /** Copies the lists. */
    EnvironmentText {
        names = List.copyOf(names);
        faults = List.copyOf(faults);
    }

    /** Replaces what {@code text} takes from {@code environment}. */
    static EnvironmentText of(String text, Map<String, String> environment) {
        List<String> names = new ArrayList<>();
        List<String> faults = new ArrayList<>();
        StringBuilder value = new StringBuilder();
        Matcher references = REFERENCE.matcher(text);
        while (references.find()) {
            String name = references.group(1);
            if (references.group().startsWith("$$")) {
                references.appendReplacement(value, Matcher.quoteReplacement(OPENING));
            } else if (name == null) {
                references.appendReplacement(value, "");
                faults.add("after ${env: comes a name of letters, digits and _, and then }");
            } else {
                references.appendReplacement(value, "");
                value.append(environment.getOrDefault(name, ""));
                names.add(name);
                if (!environment.containsKey(name)) {
                    faults.add("the environment variable " + name + " is not set");
                }
            }
        }
        references.appendTail(value);
        return new EnvironmentText(value.toString(), names, faults);
    }

    /** Writes a text so that reading it replaces nothing. */
    static String escape(String text) {
        return text.replace(OPENING, "$" + OPENING);
    }

    /** Whether anything was to be replaced. */
    boolean usesEnvironment() {
        return !names.isEmpty() || !faults.isEmpty();
    }
}
