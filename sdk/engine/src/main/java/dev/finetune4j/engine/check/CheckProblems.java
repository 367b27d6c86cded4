package dev.finetune4j.engine.check;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.util.List;

/** What the check of a data set can find. */
public final class CheckProblems implements ProblemCatalogue {
    /** There is nothing to train on. */
    public static final ProblemKind NO_TRAINING_ROWS = kind(
            "FT0301",
            "no training rows",
            "Every row ended up in the validation or test part, or no row was left after broken ones were set aside. There is nothing to learn from.",
            "data.split: {validation: 0, test: 0.2}");

    /** There is nothing to compare base and tuned model on. */
    public static final ProblemKind NO_TEST_ROWS = kind(
            "FT0302",
            "no test rows",
            "Without held-out rows nobody can say whether tuning paid: the base and the tuned model are compared on rows that training never saw.",
            "data.split.test: 0.2");

    /** A row's label is not one of the task's. */
    public static final ProblemKind UNKNOWN_LABEL = kind(
            "FT0305",
            "label outside the list",
            "task.labels is a closed list, and this row's answer is not on it: neither training nor evaluation knows what to do with it. Often it is another spelling of a listed label. Such rows count as broken; check.max-invalid says which share of broken rows is tolerated.",
            "add the label to task.labels, or correct the row");

    /** A label has too few rows to be learned. */
    public static final ProblemKind RARE_LABEL = kind(
            "FT0306",
            "label with too few training rows",
            "A label is not learned from a handful of rows, and the evaluation will mostly show chance for it. check.min-rows-per-label says below how many the job stops; where it is 0, labels of fewer than two training rows are a warning. A label that stands only in the list or in evaluation rows has no training row at all.",
            "add rows of that label, or merge it with a related one");

    /** One label outweighs the others. */
    public static final ProblemKind UNBALANCED_LABELS = kind(
            "FT0307",
            "unbalanced labels",
            "Most training rows have the same label. A model that always answers it scores high accuracy without having learned anything: judge by macro-F1, which weighs every label alike. Where all of them have it there is nothing to tell apart, and the job stops.",
            "evaluation.gate: {metric: macro-f1, at-least: 0.5}");

    /** The same text has two labels. */
    public static final ProblemKind CONFLICTING_LABELS = kind(
            "FT0308",
            "same text, different labels",
            "Rows with the same text carry different labels. At most one of them can be right, and the model learns to be unsure. Where a text truly has several labels, the task is not one label a row.",
            "decide on one label for each text");

    /** A label has no row to be tested by. */
    public static final ProblemKind UNTESTED_LABEL = kind(
            "FT0309",
            "label without a test row",
            "No test row has the label, so that nothing tells whether the model learned it: macro-F1 is over the labels that test rows have, and those that a model answers. A row of each label is left for training, so that a label of one row has none for the test.",
            "add rows of that label");

    /** Rows are repeated. */
    public static final ProblemKind DUPLICATES = kind(
            "FT0310",
            "duplicate rows",
            "Rows repeat an earlier row of their part word for word, or nearly: at least 80 % of the pairs of neighbouring words of either row stand in both (Jaccard similarity, case, punctuation and the words that nine of ten rows share put aside). Repeated rows weigh more than others and are learned by heart. The limit is check.max-duplicates, a share of all rows; held-out rows that repeat training rows are told by FT0312.",
            "leave out the later rows; in data.query: SELECT DISTINCT over the columns that are learned from, without an id");

    /** Two labels are one to a reader. */
    public static final ProblemKind ALIKE_LABELS = kind(
            "FT0311",
            "labels that differ only in case, spaces or encoding",
            "Labels are compared letter by letter. Case counts, and so does what nobody sees: a no-break space, a zero-width one, or an accent that is a character of its own. Spellings of one label are so many classes: its rows are divided among them, and an answer in another spelling than the row's counts as wrong.",
            "write the label in one way in every row");

    /** Evaluation rows were trained on. */
    public static final ProblemKind OVERLAP = kind(
            "FT0312",
            "evaluation rows that training has seen",
            "The text of validation or test rows also stands, or nearly stands, in training rows. The score then tells how well the model remembers, not what it learned. A split by group keeps rows of one origin together, unless the part is a file of its own: then one row of each pair is to be taken out. The limit for test rows is check.max-overlap.",
            "data.split.group-by: COLUMN   (a column that rows of one origin share)");

    /** Near copies of training rows may be among evaluation rows. */
    public static final ProblemKind UNSEARCHED = kind(
            "FT0313",
            "evaluation rows that may have near copies in training",
            "Rows of another file are compared with those that the run was trained on. An equal text is always found. For a text that is nearly the same a row is compared with at most 1,000 training rows that resemble it; where more of them are half alike, as filled-in forms are, the others are not looked at, and a near copy among them is not found.",
            "finetune eval RUN    # by the rows that it held out");

    /** Rows are longer than the limit. */
    public static final ProblemKind TRUNCATED = kind(
            "FT0320",
            "rows over the length limit",
            "Rows have more tokens than training.max-tokens, or than the model was made for, and are cut: conversations lose the middle of their longest user message, passages their end. The limit for the share of such rows is check.max-truncated.",
            "training.max-tokens: 0    # the model's length");

    /** Truncation cuts what should be learned. */
    public static final ProblemKind ANSWER_CUT = kind(
            "FT0321",
            "truncation cuts into the answer",
            "The row is so long that tokens of its answer are lost: the model learns to stop in the middle, or to go on after a gap.",
            "training.max-tokens: 0    # the model's length");

    /** Nothing of a row is learned. */
    public static final ProblemKind NOTHING_TO_LEARN = kind(
            "FT0322",
            "row without a token to learn",
            "After truncation no token of the answer is left, so that the row costs time and teaches nothing; a batch of such rows has no loss at all.",
            "training.max-tokens: 0    # the model's length");

    /** A row spells a special token. */
    public static final ProblemKind SPECIAL_TOKEN_IN_TEXT = kind(
            "FT0323",
            "special token in the text",
            "The text spells a token by which the model's chat template marks turns or the end. finetune4j trains on it as ordinary text, but most software that serves a model turns such text into the very token: a turn then ends in the middle of a message, or text of a user passes for another role.",
            "remove the marker from the text, or write it in another way");

    /** The vocabulary does not fit the text. */
    public static final ProblemKind UNFAMILIAR_TEXT = kind(
            "FT0324",
            "the vocabulary hardly covers the text",
            "Many tokens are unknown or mere fragments of a character: the base model has hardly seen this script. Rows become several times longer, and the model knows little of the language to begin with.",
            "finetune models    # choose one that was trained on this language");

    /** The chat template or the tokenizer refuses a row. */
    public static final ProblemKind UNRENDERABLE_ROW = kind(
            "FT0325",
            "the chat template or the tokenizer refuses the row",
            "The model's own template cannot render the messages, for example because roles do not alternate or a system message is not supported; or its tokenizer makes no tokens of the text, for example because more than 1,000,000 blanks follow each other, on which the tokenizers library may end the process.",
            "bring the messages into the order that the template asks for");

    /** The job's length limit is beyond the model's. */
    public static final ProblemKind LIMIT_OVER_CONTEXT = kind(
            "FT0326",
            "length limit over the model's",
            "training.max-tokens is larger than the number of tokens that the model was made for. Positions beyond that were never trained, so rows are cut to the model's length.",
            "training.max-tokens: 0    # always the model's length");

    /** The only step of a training has no learning rate. */
    public static final ProblemKind WARMUP_ONLY = kind(
            "FT0327",
            "one step of training, without a learning rate",
            "In warm-up the learning rate rises from 0, and the steps that it takes are rounded up, as transformers does. Where batch-size times gradient-accumulation rows are all that the training goes through, there is one step, and its rate is 0: the model comes out as it went in. A place that chooses the warm-up itself is not concerned.",
            "training.warmup-ratio: 0");

    /** A row holds a secret. */
    public static final ProblemKind SECRET = kind(
            "FT0330",
            "secret in the data",
            "A span of the row has the shape of a credential. What a model has learned it can be made to say, and an adapter cannot be cleaned afterwards. The report names row and span, never the value. check.secrets decides whether this is an error.",
            "revoke the credential and remove it from the row; if it is none: check.secrets: warning");

    /** A row holds personal data. */
    public static final ProblemKind PERSONAL_DATA = kind(
            "FT0331",
            "personal data in the data",
            "A span of the row has the shape of personal data. Training on it may need a legal ground, and the model may repeat it. The report names row and span, never the value. check.personal-data decides whether this is an error.",
            "replace the span with a placeholder such as <EMAIL>, or set check.personal-data: ignore if it is meant to be there");

    /** An encoder is to do what it cannot. */
    public static final ProblemKind TASK_OF_ENCODER = kind(
            "FT0340",
            "an encoder tells labels apart and nothing else",
            "The model is an encoder such as BERT: it reads a text and has no words to answer with. With a classification head it can say which of a closed list of labels fits, so that it takes tasks of kind classification and sentiment. Other tasks need a model that speaks.",
            "task.kind: classification");

    /** What the base of a comparison is where the base model cannot answer. */
    public static final ProblemKind BASE_OF_ENCODER = kind(
            "FT0341",
            "an encoder is compared with the shares of the labels",
            "Before its head is trained an encoder cannot tell labels apart, and a head drawn at random would be compared with luck. So the base model in the comparison knows the share of each label among the training rows and nothing of the text: it always answers the most frequent label. Where the model comes with a head over the same labels, that head is the base. There is no few-shot variant, since an encoder has no prompt to put examples in.",
            "nothing to do");

    /** How an encoder is trained where the job says nothing. */
    public static final ProblemKind METHOD_OF_ENCODER = kind(
            "FT0342",
            "an encoder is trained as a whole unless the job says otherwise",
            "A job that names no method gets LoRA where the model speaks, and full where it is an encoder. Encoders are small: BERT-base has 110 million parameters, which take 16 bytes each where all of them are trained, and that is how BERT, DistilBERT and RoBERTa were made to be used (Devlin et al. 2018). lora trains adapters in its layers and the head, for less memory and a result of a few megabytes; head trains the head alone, which is fastest and learns least. The learning rate follows the method: 2e-5 for full, 2e-4 for lora, 1e-3 for head.",
            "method: full");

    @Override
    public List<ProblemKind> kinds() {
        return List.of(
                NO_TRAINING_ROWS,
                NO_TEST_ROWS,
                UNKNOWN_LABEL,
                RARE_LABEL,
                UNBALANCED_LABELS,
                CONFLICTING_LABELS,
                UNTESTED_LABEL,
                DUPLICATES,
                ALIKE_LABELS,
                OVERLAP,
                UNSEARCHED,
                TRUNCATED,
                ANSWER_CUT,
                NOTHING_TO_LEARN,
                SPECIAL_TOKEN_IN_TEXT,
                UNFAMILIAR_TEXT,
                UNRENDERABLE_ROW,
                LIMIT_OVER_CONTEXT,
                WARMUP_ONLY,
                SECRET,
                PERSONAL_DATA,
                TASK_OF_ENCODER,
                BASE_OF_ENCODER,
                METHOD_OF_ENCODER);
    }

    private static ProblemKind kind(String code, String title, String explanation, String remedy) {
        return new ProblemKind(code, title, ExitCode.INVALID, explanation, remedy);
    }
}
