package dev.finetune4j.engine.models;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.util.List;

/** What can be wrong with the name of a model: FT0480. */
public final class ModelProblems implements ProblemCatalogue {
    static final ProblemKind UNKNOWN_MODEL =
            new ProblemKind("FT0480", "the model is not in the catalogue", ExitCode.INVALID, """
            A model is named by a short id of the catalogue ("finetune models" lists them), by its place on the Hugging Face hub
            (hf:ORG/NAME, with @REVISION to pin it), by a folder in Hugging Face layout, or by a .gguf file. The name is none of
            these: no such id is known and no such folder or file is there. Relative paths start from the folder of the job file.""", "finetune models");

    /** For ServiceLoader. */
    public ModelProblems() {}

    @Override
    public List<ProblemKind> kinds() {
        return List.of(UNKNOWN_MODEL);
    }
}
