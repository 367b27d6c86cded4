package dev.finetune4j.engine.report.view;

import dev.finetune4j.engine.report.ReportJson;
import dev.finetune4j.engine.report.ReportProblems;
import dev.finetune4j.engine.report.RunReport;
import dev.finetune4j.engine.spec.ShellWord;
import dev.finetune4j.error.FileReason;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The report of a run in its folder: {@code report.html}, {@code report.json} and {@code report.md}. */
public final class ReportFiles {
    /** Name of the page. */
    public static final String HTML = "report.html";

    /** Name of the file for programs. */
    public static final String JSON = "report.json";

    /** Name of the file for pull requests and terminals. */
    public static final String MARKDOWN = "report.md";

    private ReportFiles() {}

    /**
     * Writes all three files. Each is there whole or not at all; older ones are replaced.
     *
     * @param folder where to; it is made if it is missing
     * @return the page
     * @throws FineTuneException with FT0721 if a file cannot be written
     */
    public static Path write(RunReport report, Path folder) {
        write(folder.resolve(JSON), ReportJson.write(report));
        write(folder.resolve(MARKDOWN), MarkdownReport.write(report));
        return write(folder.resolve(HTML), HtmlReport.write(report));
    }

    /**
     * Writes page and Markdown where they are missing; report.json, and what is there, stay as they are.
     *
     * @param folder folder that the report was read from
     * @return the page
     * @throws FineTuneException with FT0721 if a file cannot be written
     */
    public static Path writeMissing(RunReport report, Path folder) {
        Path markdown = folder.resolve(MARKDOWN);
        if (!Files.exists(markdown)) {
            write(markdown, MarkdownReport.write(report));
        }
        Path page = folder.resolve(HTML);
        return Files.exists(page) ? page : write(page, HtmlReport.write(report));
    }

    /**
     * Writes report.json, which was lost, and the pages that are missing, too; what is there stays as it is.
     *
     * @param folder where to
     * @return the page
     * @throws FineTuneException with FT0721 if a file cannot be written
     */
    public static Path writeLost(RunReport report, Path folder) {
        write(folder.resolve(JSON), ReportJson.write(report));
        return writeMissing(report, folder);
    }

    /**
     * Removes the report of an earlier end, which a run that goes on has outlived.
     *
     * @throws FineTuneException with FT0721 if a file cannot be removed
     */
    public static void remove(Path folder) {
        // What the others are written from goes first, so that nobody brings them back in between.
        for (String name : List.of(JSON, HTML, MARKDOWN)) {
            Path file = folder.resolve(name);
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw ReportProblems.NOT_WRITTEN
                        .error("the report of an earlier end cannot be removed: " + file)
                        .at(Location.of(file.toString()))
                        .because(FileReason.of(e))
                        .asException(e);
            }
        }
    }

    /**
     * Writes one text.
     *
     * @param file where to; its folder is made if it is missing
     * @return the file
     * @throws FineTuneException with FT0721 if it cannot be written
     */
    public static Path write(Path file, String text) {
        Path whole = file.toAbsolutePath();
        Path partial = whole.resolveSibling(whole.getFileName() + ".partial");
        try {
            Files.createDirectories(whole.getParent());
            try {
                // Encoded here, since writeString refuses half a surrogate pair, which a row may hold.
                Files.write(partial, text.getBytes(StandardCharsets.UTF_8));
                Files.move(partial, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(partial);
            }
            return file;
        } catch (IOException e) {
            throw ReportProblems.NOT_WRITTEN
                    .error("the report cannot be written to " + file)
                    .at(Location.of(file.toString()))
                    .because(FileReason.of(e))
                    .asException(e);
        }
    }

    /**
     * Reads a report back.
     *
     * @param folder the folder that it was written to, which has the name of the run
     * @throws FineTuneException with FT0722 if there is none or it cannot be read
     */
    public static RunReport read(Path folder) {
        Path file = folder.resolve(JSON);
        try {
            return ReportJson.read(Files.readString(file));
        } catch (IOException | UncheckedIOException e) {
            boolean isThere = Files.exists(file);
            Problem.Builder problem = ReportProblems.UNREADABLE
                    .error("the report cannot be read: " + file)
                    .at(Location.of(file.toString()))
                    .because(isThere ? "it is not a report in format " + RunReport.FORMAT : "there is no such file");
            if (isThere) {
                String quoted = ShellWord.of(file.toString());
                problem.remedy("mv " + quoted + " " + quoted + ".damaged && finetune report " + folder.getFileName());
            }
            throw problem.asException(e);
        }
    }
}
