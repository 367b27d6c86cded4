package dev.finetune4j.junit.summary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Duration;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

class ClassSummaryTest {
    private static final String HOSTILE = "a \"b\" <c> & ]]> \u0000 \uD800\nnext";
    private static final RunId RUN = new RunId("tickets-0123abcd-1");

    @TempDir
    Path folder;

    @Test
    void writesXmlThatCanBeReadWhateverAClaimSays() throws Exception {
        try (ClassSummary summary = new ClassSummary("com.example.SomeTest", folder)) {
            summary.add(new SummarizedRun(RUN, "tickets", HOSTILE, false, Duration.ofMillis(1500), null));
            summary.add(new Claim("first()", RUN, HOSTILE, HOSTILE));
            summary.add(new Claim("second()", RUN, "holds", null));
        }

        Element suite = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(folder.resolve("TEST-finetune4j-com.example.SomeTest.xml")
                        .toFile())
                .getDocumentElement();
        assertThat(suite.getAttribute("tests")).isEqualTo("2");
        assertThat(suite.getAttribute("failures")).isEqualTo("1");
        assertThat(suite.getAttribute("time")).isEqualTo("1.500");
        assertThat(suite.getElementsByTagName("failure").item(0).getTextContent())
                .isEqualTo("a \"b\" <c> & ]]> ? ?\nnext");
        assertThat(folder.resolve("com.example.SomeTest.md"))
                .content()
                .startsWith("### SomeTest: 1 of 2 claims do not hold\n")
                .contains("- second(): holds\n");
        assertThat(folder.toFile().list()).hasSize(2);
    }

    @Test
    void nothingThatATestIsCalledOrSaysBecomesMarkdown() throws Exception {
        try (ClassSummary summary = new ClassSummary("com.example.SomeTest", folder)) {
            summary.add(new SummarizedRun(RUN, "tickets", "in a_folder_", false, Duration.ofMillis(1500), null));
            summary.add(new Claim("a `b` <script>\n#c | \u001b[31m", RUN, "is *good*", "was ```x\n\u001b[31mbad"));
            summary.failed("a_b_/*.yaml", "error FT0101");
        }

        assertThat(folder.resolve("com.example.SomeTest.md"))
                .content()
                .contains(
                        "`, in a\\_folder\\_\n",
                        """
                        - **failed** a \\`b\\` &lt;script\\> \\#c \\|  [31m: is \\*good\\*
                          ````
                          was ```x
                           [31mbad
                          ````
                        """,
                        "- **failed** a\\_b\\_/\\*.yaml gives no model to test\n  ```\n  error FT0101\n  ```\n");
    }

    @Test
    void countsNoTimeOfEarlierTrainingsAndTellsJobsOfOneNameApart() throws Exception {
        RunId other = new RunId("tickets-4567cdef-1");
        try (ClassSummary summary = new ClassSummary("com.example.SomeTest", folder)) {
            summary.add(new SummarizedRun(RUN, "tickets", "trained", false, Duration.ofMillis(1500), null));
            summary.add(new SummarizedRun(other, "tickets", "not trained again", true, Duration.ofSeconds(9), null));
        }

        assertThat(folder.resolve("TEST-finetune4j-com.example.SomeTest.xml"))
                .content()
                .contains(
                        "time=\"1.500\"",
                        "<property name=\"tickets.run\" value=\"" + RUN + "\"/>",
                        "<property name=\"tickets-2.run\" value=\"" + other + "\"/>");
    }
}
