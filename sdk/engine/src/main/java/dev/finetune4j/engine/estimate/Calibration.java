package dev.finetune4j.engine.estimate;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * What measurements have taught a model.
 *
 * @param coefficients values of what the formulas leave open
 * @param scatter standard deviation of the logarithm of what runs differ by beyond what the formulas know
 */
record Calibration(Coefficients coefficients, double scatter) {
    /** The resource that holds the calibration of this version: coefficients by name, for each quantity. */
    static final String RESOURCE = "coefficients.json";

    private static final String SCATTER = "scatter";

    /** The calibration of this version. */
    static Calibration shipped(Quantity quantity) {
        try (InputStream in = Objects.requireNonNull(Calibration.class.getResourceAsStream(RESOURCE), RESOURCE)) {
            String json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            Map<String, Map<String, Double>> all = Json.read(json, new TypeReference<>() {});
            return of(quantity, Objects.requireNonNull(all.get(quantity.key()), quantity.key()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Calibration of(Quantity quantity, Map<String, Double> values) {
        double[] coefficients = Arrays.stream(quantity.coefficients())
                .mapToDouble(coefficient -> value(values, coefficient.toString()))
                .toArray();
        return new Calibration(new Coefficients(coefficients), value(values, SCATTER));
    }

    private static double value(Map<String, Double> values, String name) {
        return Objects.requireNonNull(values.get(name), name);
    }

    /** As the resource holds it, to four digits. */
    Map<String, Double> values(Quantity quantity) {
        Map<String, Double> values = new LinkedHashMap<>();
        for (Coefficient coefficient : quantity.coefficients()) {
            values.put(coefficient.toString(), fourDigits(coefficients.get(coefficient)));
        }
        values.put(SCATTER, fourDigits(scatter));
        return values;
    }

    private static double fourDigits(double value) {
        return Double.parseDouble(String.format(Locale.ROOT, "%.4g", value));
    }
}
