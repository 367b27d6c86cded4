package dev.finetune4j.azure.ml;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a fine-tuning job of Azure ML's trains a model to do. Each task reads rows of its own columns. Conversations and completions have the
 * columns of Microsoft's samples of fine-tuning jobs ({@code azureml-examples}, {@code sdk/python/jobs/finetuning}); what the columns of the others
 * are called is told by the hyperparameters of the registry's components ({@code azureml-assets}, {@code finetune_acft_hf_nlp}), on which such jobs
 * run.
 */
enum TuningTask {
    /** {@code messages}, each with a role and its content. */
    CHAT_COMPLETION("chat-completion", "ChatCompletion"),

    /** A text, and the one that follows it. */
    TEXT_COMPLETION("text-completion", "TextCompletion"),

    /** A text and its label. */
    TEXT_CLASSIFICATION("text-classification", "TextClassification"),

    /** A question, and where its answer stands in a context. */
    QUESTION_ANSWERING("question-answering", "QuestionAnswering"),

    /** A document and its summary. */
    SUMMARIZATION("summarization", "TextSummarization"),

    /** A text in two languages, whose codes are names of columns and hyperparameters that only the person can tell. */
    TRANSLATION("translation", "TextTranslation");

    static final String TEXT = "text";
    static final String GROUND_TRUTH = "ground_truth";
    static final String LABEL = "label";
    static final String QUESTION = "question";
    static final String CONTEXT = "context";
    static final String ANSWERS = "answers";
    static final String ANSWER_START = "answer_start";
    static final String DOCUMENT = "document";
    static final String SUMMARY = "summary";

    /** Hyperparameters of a translation: code of the language of the text, such as {@code en}, and of the one that is learned. */
    static final String SOURCE_LANGUAGE = "source_lang";

    static final String TARGET_LANGUAGE = "target_lang";

    private final String setting;
    private final String wireName;

    TuningTask(String setting, String wireName) {
        this.setting = setting;
        this.wireName = wireName;
    }

    /** As a job file says it. */
    String setting() {
        return setting;
    }

    /** The service's own word. */
    String wireName() {
        return wireName;
    }

    /** Hyperparameters by which the service knows the columns. */
    Map<String, String> columns() {
        return switch (this) {
            case CHAT_COMPLETION, TEXT_COMPLETION, TRANSLATION -> Map.of();
            case TEXT_CLASSIFICATION -> Map.of("sentence1_key", TEXT, "label_key", LABEL);
            case QUESTION_ANSWERING ->
                Map.of(
                        "question_key", QUESTION,
                        "context_key", CONTEXT,
                        "answers_key", ANSWERS,
                        "answer_start_key", ANSWER_START,
                        "answer_text_key", TEXT);
            case SUMMARIZATION -> Map.of("document_key", DOCUMENT, "summary_key", SUMMARY);
        };
    }

    /** Whether some task has a column by a hyperparameter. */
    static boolean isColumn(String hyperParameter) {
        return Arrays.stream(values()).anyMatch(task -> task.columns().containsKey(hyperParameter));
    }

    static Optional<TuningTask> of(String setting) {
        return Arrays.stream(values())
                .filter(task -> task.setting.equals(setting))
                .findFirst();
    }

    /** As job files say them. */
    static List<String> settings() {
        return Arrays.stream(values()).map(TuningTask::setting).toList();
    }
}
