package dev.finetune4j.engine.models;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.util.List;

/** What can be wrong with the name of a model: FT0480 to FT0483. */
public final class ModelProblems implements ProblemCatalogue {
    static final ProblemKind UNKNOWN_MODEL =
            new ProblemKind("FT0480", "the model is not in the catalogue", ExitCode.INVALID, """
            A model is named by a short id of the catalogue ("finetune models" lists them), by its place on the Hugging Face hub
            (hf:ORG/NAME, with @REVISION to pin it), by a folder in Hugging Face layout, or by a .gguf file. The name is none of
            these: no such id is known and no such folder or file is there. Relative paths start from the folder of the job file.""", "finetune models");

    /** Nothing says how large a model is. */
    public static final ProblemKind UNKNOWN_SIZES = new ProblemKind(
            "FT0481",
            "the sizes of the model are not known",
            ExitCode.INVALID,
            """
            Memory, time and cost follow from the sizes of a model. They come from the catalogue, from a config.json in Hugging Face
            form (a folder with that file alone is enough for a plan), from a .gguf file, or from three numbers that the command line
            gives: the width (hidden_size), the number of layers (num_hidden_layers) and the size of the vocabulary (vocab_size). The
            rest is then taken as models of that width usually have it, and the ranges are wider.""",
            "finetune plan JOB --hidden-size C --layers L --vocabulary V");

    /** The estimates know of the model of text alone. */
    public static final ProblemKind TOWER_NOT_COUNTED = new ProblemKind(
            "FT0482", "the model's tower for pictures is not counted", ExitCode.INVALID, """
            Memory, time and cost are those of the model of text that a config.json describes. One that also reads pictures has a tower
            for them beside it, of some hundred million weights: nothing of finetune4j trains it or shows it pictures, but where such a
            model is loaded as a whole, it takes memory that is not counted.""", "finetune models");

    /** A plan tells what a model needs, whoever trains it. */
    public static final ProblemKind NOT_TRAINED = new ProblemKind(
            "FT0483", "no engine of finetune4j trains the model", ExitCode.INVALID, """
            A plan knows what memory, time and money the training of a model takes on a machine also where nothing of finetune4j trains its
            architecture: such a job runs by a script of your own, or at a place that has its own. A launch is refused before anything is paid.""", "finetune models");

    /** For ServiceLoader. */
    public ModelProblems() {}

    @Override
    public List<ProblemKind> kinds() {
        return List.of(UNKNOWN_MODEL, UNKNOWN_SIZES, TOWER_NOT_COUNTED, NOT_TRAINED);
    }
}
