package dev.finetune4j.junit.summary;

import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Variant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Claims in the form that CI servers read: one test suite, each claim a test case, each figure of the tuned model a property. Surefire's
 * own file has the test methods; this one has what they claimed, so that a server shows the trend of each claim.
 */
final class JunitXml {
    private static final double MILLIS = 1000;

    private JunitXml() {}

    static String of(String testClass, Collection<SummarizedRun> runs, List<Claim> claims) {
        double seconds = runs.stream().mapToLong(run -> run.took().toMillis()).sum() / MILLIS;
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        xml.append(String.format(
                Locale.ROOT,
                "<testsuite name=\"finetune4j %s\" tests=\"%d\" failures=\"%d\" errors=\"0\" skipped=\"0\" time=\"%.3f\">%n",
                attribute(testClass),
                claims.size(),
                claims.stream().filter(claim -> !claim.holds()).count(),
                seconds));
        xml.append("  <properties>\n");
        runs.forEach(run -> properties(run, xml));
        xml.append("  </properties>\n");
        claims.forEach(claim -> testCase(testClass, claim, xml));
        return xml.append("</testsuite>\n").toString();
    }

    private static void properties(SummarizedRun run, StringBuilder xml) {
        property(run.job() + ".run", run.id().value(), xml);
        property(run.job() + ".training", run.origin(), xml);
        EvaluationReport evaluation = run.evaluation();
        if (evaluation == null) {
            return;
        }
        evaluation
                .variant(Variant.TUNED)
                .ifPresent(tuned -> tuned.metrics().forEach((metric, interval) -> {
                    property(run.job() + "." + metric, Double.toString(interval.value()), xml);
                    property(run.job() + "." + metric + ".low", Double.toString(interval.low()), xml);
                    property(run.job() + "." + metric + ".high", Double.toString(interval.high()), xml);
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
        xml.append("  <testcase classname=\"")
                .append(attribute(testClass))
                .append("\" name=\"")
                .append(attribute(claim.test() + ": " + claim.text()))
                .append("\" time=\"0\"");
        if (claim.holds()) {
            xml.append("/>\n");
            return;
        }
        String failure = claim.failure().orElse("");
        xml.append(">\n    <failure message=\"")
                .append(attribute(claim.text()))
                .append("\">")
                .append(text(failure))
                .append("</failure>\n  </testcase>\n");
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
