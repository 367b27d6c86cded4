package dev.finetune4j.junit.summary;

import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Variant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Claims in the form that CI servers read: one test suite, each claim a test case, each figure of the tuned model a property. Surefire's
 * own file has the test methods; this one has what they claimed, so that a server shows the trend of each claim.
 */
final class JunitXml {
    private static final double MILLIS = 1000;

    private JunitXml() {}

    static String of(
            String testClass, Collection<SummarizedRun> runs, List<Claim> claims, Map<String, String> failures) {
        double seconds = runs.stream()
                        .filter(run -> !run.isEarlier())
                        .mapToLong(run -> run.took().toMillis())
                        .sum()
                / MILLIS;
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        xml.append(String.format(
                Locale.ROOT,
                "<testsuite name=\"finetune4j %s\" tests=\"%d\" failures=\"%d\" errors=\"%d\" skipped=\"0\" time=\"%.3f\">%n",
                attribute(testClass),
                claims.size() + failures.size(),
                claims.stream().filter(claim -> !claim.holds()).count(),
                failures.size(),
                seconds));
        xml.append("  <properties>\n");
        Set<String> names = new HashSet<>();
        runs.forEach(run -> properties(run, unique(run.job(), names), xml));
        xml.append("  </properties>\n");
        failures.forEach((job, why) -> error(testClass, job, why, xml));
        claims.forEach(claim -> testCase(testClass, claim, xml));
        return xml.append("</testsuite>\n").toString();
    }

    /** Two job files may give their jobs one name; the second gets a number. */
    private static String unique(String job, Set<String> names) {
        String name = job;
        for (int number = 2; !names.add(name); number++) {
            name = job + "-" + number;
        }
        return name;
    }

    private static void properties(SummarizedRun run, String name, StringBuilder xml) {
        property(name + ".run", run.id().value(), xml);
        property(name + ".training", run.origin(), xml);
        EvaluationReport evaluation = run.evaluation();
        if (evaluation == null) {
            return;
        }
        evaluation
                .variant(Variant.TUNED)
                .ifPresent(tuned -> tuned.metrics().forEach((metric, interval) -> {
                    property(name + "." + metric, Double.toString(interval.value()), xml);
                    property(name + "." + metric + ".low", Double.toString(interval.low()), xml);
                    property(name + "." + metric + ".high", Double.toString(interval.high()), xml);
                }));
    }

    private static void property(String name, String value, StringBuilder xml) {
        xml.append("    <property name=\"")
                .append(attribute(name))
                .append("\" value=\"")
                .append(attribute(value))
                .append("\"/>\n");
    }

    private static void testCase(String testClass, Claim claim, StringBuilder xml) {
        begin(testClass, claim.test() + ": " + claim.text(), xml);
        if (claim.holds()) {
            xml.append("/>\n");
            return;
        }
        end("failure", claim.text(), claim.failure().orElse(""), xml);
    }

    private static void error(String testClass, String job, String why, StringBuilder xml) {
        begin(testClass, job, xml);
        end("error", job + " gives no model to test", why, xml);
    }

    private static void begin(String testClass, String name, StringBuilder xml) {
        xml.append("  <testcase classname=\"")
                .append(attribute(testClass))
                .append("\" name=\"")
                .append(attribute(name))
                .append("\" time=\"0\"");
    }

    private static void end(String kind, String message, String evidence, StringBuilder xml) {
        xml.append(">\n    <")
                .append(kind)
                .append(" message=\"")
                .append(attribute(message))
                .append("\">")
                .append(text(evidence))
                .append("</")
                .append(kind)
                .append(">\n  </testcase>\n");
    }

    private static String attribute(String value) {
        return text(value).replace("\"", "&quot;").replace("\n", "&#10;").replace("\t", "&#9;");
    }

    /** Without what XML 1.0 cannot hold. */
    private static String text(String value) {
        return value.replaceAll("[^\\x09\\x0A\\x0D\\x20-\\uD7FF\\uE000-\\uFFFD\\x{10000}-\\x{10FFFF}]", "?")
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;");
    }
}
