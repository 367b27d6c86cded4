package dev.finetune4j.engine.store;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.util.List;

/** What can go wrong when a base model is fetched: FT0490 to FT0496. */
public final class StoreProblems implements ProblemCatalogue {
    static final ProblemKind UNREACHABLE = new ProblemKind(
            "FT0490",
            "The model cannot be had",
            ExitCode.INVALID,
            "The model is not on this machine, and none of the places where it is to be had gave it. Each place is listed with "
                    + "what happened there. What was fetched once stays under models and cache/sources in finetune4j's home and "
                    + "needs no network; files in the cache of huggingface_hub are used where they are complete.",
            "download config.json, tokenizer.json, tokenizer_config.json and *.safetensors into a folder and name it: model: ./FOLDER");

    static final ProblemKind ACCESS = new ProblemKind(
            "FT0491",
            "The hub does not give access to the model",
            ExitCode.CREDENTIALS,
            "The Hugging Face hub refused the request. Gated models need an account that has accepted their licence, and a token "
                    + "of that account in HF_TOKEN. The hub answers the same for repositories that do not exist.",
            "accept the licence on the model's page, then: export HF_TOKEN=...");

    static final ProblemKind CHECKSUM = new ProblemKind(
            "FT0492",
            "A model file is not what the hub says it is",
            ExitCode.INVALID,
            "The hub states a checksum for each file; what arrived has another one, after it was fetched twice. Something between "
                    + "here and the hub changes files, or the mirror holds other ones. The file was deleted.",
            "try without the mirror: unset HF_ENDPOINT");

    static final ProblemKind PICKLE_ONLY = new ProblemKind(
            "FT0493",
            "The model's weights are pickle files",
            ExitCode.INVALID,
            "Files named .bin, .pt, .pth or .ckpt are Python programs in disguise: loading them runs code of whoever made them. "
                    + "finetune4j reads safetensors and GGUF only. Most models have a revision with safetensors; others can be "
                    + "converted once, on a machine where you are willing to run that code.",
            "python3 -c \"from transformers import AutoModelForCausalLM as M; M.from_pretrained('FOLDER')"
                    + ".save_pretrained('FOLDER-safe', safe_serialization=True)\"");

    static final ProblemKind INCOMPLETE = new ProblemKind(
            "FT0494",
            "Files of the model are missing",
            ExitCode.INVALID,
            "A model in Hugging Face layout needs config.json, tokenizer.json and its weights as .safetensors; where "
                    + "model.safetensors.index.json names several, each of them.",
            "copy the missing files into the folder");

    static final ProblemKind BAD_REFERENCE = new ProblemKind(
            "FT0495",
            "The reference to a model on the hub is not understood",
            ExitCode.INVALID,
            "A model on the hub is named hf:ORG/NAME, and hf:ORG/NAME@REVISION to pin a branch, tag or commit.",
            "model: hf:HuggingFaceTB/SmolLM2-135M-Instruct");

    static final ProblemKind UNWRITABLE = new ProblemKind(
            "FT0496",
            "A model cannot be stored",
            ExitCode.INVALID,
            "Models are kept under models in finetune4j's home. The disk is full or the folder is not writable. What was fetched "
                    + "so far is taken up by the next try.",
            "free some space (df -h) or choose another home: export FINETUNE_HOME=/path/with/space");

    @Override
    public List<ProblemKind> kinds() {
        return List.of(UNREACHABLE, ACCESS, CHECKSUM, PICKLE_ONLY, INCOMPLETE, BAD_REFERENCE, UNWRITABLE);
    }
}
