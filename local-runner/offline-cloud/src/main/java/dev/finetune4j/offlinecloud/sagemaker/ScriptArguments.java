package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.container.Program.ProgramFailure;
import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;

/** Hyperparameters as the script of a model parses them: texts that must be of the document's types; names that it does not have are passed over. */
record ScriptArguments(Map<String, String> values) {
    /** Copies the map. */
    ScriptArguments {
        values = Map.copyOf(values);
    }

    /**
     * What is given, and the document's defaults besides.
     *
     * @throws ProgramFailure for the first value that is of another type
     */
    static ScriptArguments of(ObjectNode document, Map<String, String> given) throws ProgramFailure {
        Map<String, String> values = new TreeMap<>();
        for (JsonNode known : document.path("Hyperparameters")) {
            String name = known.path("Name").asText();
            String value = plain(given.getOrDefault(name, known.path("Default").asText()));
            refuseOther(name, known.path("Type").asText(), value);
            values.put(name, value);
        }
        return new ScriptArguments(values);
    }

    /** Clients write some texts as JSON, with quotes around them; the image's toolkit takes both. */
    private static String plain(String value) {
        return value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")
                ? value.substring(1, value.length() - 1)
                : value;
    }

    private static void refuseOther(String name, String type, String value) throws ProgramFailure {
        try {
            switch (type) {
                case "int" -> new BigDecimal(value).intValueExact();
                case "float" -> new BigDecimal(value).doubleValue();
                default -> {
                    // a text may be anything
                }
            }
        } catch (ArithmeticException | NumberFormatException e) {
            throw new ProgramFailure("transfer_learning.py: error: argument --" + name + ": invalid " + type
                    + " value: '" + value + "'");
        }
    }

    String text(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    boolean isTrue(String name, boolean otherwise) {
        return values.getOrDefault(name, otherwise ? "True" : "False").equals("True");
    }

    int whole(String name, int otherwise) {
        return values.containsKey(name) ? new BigDecimal(values.get(name)).intValueExact() : otherwise;
    }

    double number(String name, double otherwise) {
        return values.containsKey(name) ? new BigDecimal(values.get(name)).doubleValue() : otherwise;
    }
}
