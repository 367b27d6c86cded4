package dev.finetune4j.modelfiles;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.spi.TextCodec;
import java.util.List;

/** What can be wrong with the files of a model: FT0401 to FT0469. */
public final class ModelFilesProblems implements ProblemCatalogue {
    /** The folder or file is not there, or holds no weights. */
    public static final ProblemKind MODEL_MISSING = kind(
            "FT0401",
            "no model there",
            "A model is a folder in Hugging Face layout (config.json, tokenizer.json and *.safetensors, with an index where"
                    + " there are several), or one GGUF file. What was named does not exist, or holds neither.",
            "name a folder with model.safetensors, or a .gguf file, in the job's `model`");

    /** The file system refused. */
    public static final ProblemKind FILE_UNREADABLE = kind(
            "FT0402",
            "a model file cannot be read",
            "The file exists, but the operating system refused to read it: permissions, a broken disk, or a folder where a"
                    + " file belongs.",
            "make the file readable for the user that runs finetune");

    /** Pickle is code, not data. */
    public static final ProblemKind PICKLE_REFUSED = kind(
            "FT0403",
            "pickle weights are refused",
            "Files of torch.save (.bin, .pt, .pth, .ckpt, .pkl) are pickles: reading one runs the code in it, and every scanner"
                    + " for such code has been bypassed. finetune4j reads safetensors and GGUF only. Convert the file once, on a"
                    + " machine where you would also run a program from the same author.",
            "convert the weights to safetensors with Python");

    /** The header of a safetensors file. */
    public static final ProblemKind SAFETENSORS_HEADER = kind(
            "FT0404",
            "the safetensors header is damaged",
            "A safetensors file starts with 8 bytes that hold the length of its header, followed by that many bytes of JSON. One"
                    + " of the two is not as the format wants it. Usual causes are an interrupted download, or a Git LFS pointer"
                    + " instead of the file itself.",
            "download the file again and compare its size and SHA-256 with the publisher's");

    /** Where a safetensors file says its tensors lie. */
    public static final ProblemKind SAFETENSORS_LAYOUT = kind(
            "FT0405",
            "the safetensors layout is damaged",
            "The tensors of a safetensors file must lie one after the other, without holes or overlap, from the end of the header"
                    + " to the end of the file, each with as many bytes as its shape and type need. Usual causes are an"
                    + " interrupted download or a file that was changed on purpose.",
            "download the file again and compare its size and SHA-256 with the publisher's");

    /** Header and metadata of a GGUF file. */
    public static final ProblemKind GGUF_METADATA = kind(
            "FT0406",
            "the GGUF header is damaged",
            "A GGUF file starts with counts, key-value metadata and a list of tensors. A count, a length, a type or a key there"
                    + " is impossible for a file of this size. The usual cause is an interrupted download.",
            "download the file again and compare its size and SHA-256 with the publisher's");

    /** Where a GGUF file says its tensors lie. */
    public static final ProblemKind GGUF_LAYOUT = kind(
            "FT0407",
            "the GGUF layout is damaged",
            "The tensors of a GGUF file must lie one after the other, each aligned, all within the file. The usual cause is an"
                    + " interrupted download.",
            "download the file again and compare its size and SHA-256 with the publisher's");

    /** A GGUF version that is not read. */
    public static final ProblemKind GGUF_VERSION = kind(
            "FT0408",
            "this GGUF version is not read",
            "GGUF versions 2 and 3 in little-endian order are read. Version 1 was in use for a few weeks of 2023; a version that"
                    + " looks enormous is a big-endian file.",
            "convert the original model again with a current llama.cpp: python convert_hf_to_gguf.py MODEL_FOLDER");

    /** A number format that cannot be turned into floats. */
    public static final ProblemKind TENSOR_TYPE = kind(
            "FT0409",
            "this number format is not read",
            "Weights are read from F64, F32, F16, BF16, Q4_0, Q4_1, Q8_0, Q4_K and Q6_K. Others exist, but are not supported here.",
            "use the model's F16 or Q8_0 file, or its safetensors");

    /** A tensor that a model must have. */
    public static final ProblemKind TENSOR_MISSING = kind(
            "FT0410",
            "a tensor is missing",
            "The configuration promises a tensor that the weight files do not hold, so the files are incomplete or belong to"
                    + " another model.",
            "download all files of the model again, from one revision");

    /** Index and shards disagree. */
    public static final ProblemKind SHARDS = kind(
            "FT0411",
            "the shards do not fit their index",
            "Large models come as several safetensors files and an index that says which tensor lies in which file. A file is"
                    + " missing, or does not hold what the index says.",
            "download the missing files into the model's folder, from the revision that the index is from");

    /** A model folder without its configuration. */
    public static final ProblemKind CONFIG_MISSING = kind(
            "FT0420",
            "config.json is missing",
            "A model folder describes the model in config.json: its architecture and sizes. Without it the weights cannot be"
                    + " understood.",
            "download config.json of the model into its folder, from the same revision");

    /** A configuration that cannot be used. */
    public static final ProblemKind CONFIG_INVALID = kind(
            "FT0421",
            "the model's configuration is invalid",
            "config.json, or the metadata of a GGUF file, lacks a value that every model of this kind has, or holds one that is"
                    + " impossible or that the weights contradict.",
            "download config.json of the model again, from the same revision as the weights");

    /** A GGUF file of another architecture. */
    public static final ProblemKind GGUF_ARCHITECTURE = kind(
            "FT0422",
            "this GGUF architecture is not read",
            "GGUF files of the architectures llama and qwen2 are read. Others hold other tensors.",
            "use the model's safetensors folder: model: hf:ORG/NAME");

    /** A GGUF file whose configuration has no counterpart in config.json. */
    public static final ProblemKind LAYOUT_UNWRITTEN = kind(
            "FT0423",
            "the model cannot be written in Hugging Face layout",
            "A GGUF file may hold what the config.json of Llama cannot say, such as biases of query, key and value alone, or a stored"
                    + " divisor for each rotary frequency. A folder without it would be another model.",
            "tune from the safetensors folder of the same model; its tuned weights can be written");

    /** A model that has no counterpart in GGUF. */
    public static final ProblemKind GGUF_UNWRITTEN = kind(
            "FT0424",
            "the model cannot be written as GGUF",
            "GGUF files are written of Llama and Mistral, as llama.cpp's llama architecture, and of Qwen 2. llama.cpp knows others, but computes"
                    + " each in its own way, and a file that it loads and computes otherwise would be worse than none.",
            "finetune export RUN --to FOLDER --format hf");

    /** What transformers' Trainer would apply. */
    public static final ProblemKind OWN_DROPOUT = kind(
            "FT0425",
            "the model's own dropout is left out",
            "The dropout inside of the model that config.json names, such as hidden_dropout_prob of BERT, is left out wherever finetune4j"
                    + " trains by itself; transformers' Trainer applies it. What drops inputs of adapters is method.dropout of lora"
                    + " and qlora; other methods have none. A place that trains by a program of its own does as that program does.",
            "nothing to do");

    /** A model folder without a tokenizer. */
    public static final ProblemKind TOKENIZER_MISSING = kind(
            "FT0430",
            "tokenizer.json is missing",
            "A model folder describes in tokenizer.json how text becomes tokens. Old models have only tokenizer.model or vocab.json and"
                    + " merges.txt; transformers converts those.",
            "python -c \"from transformers import AutoTokenizer; AutoTokenizer.from_pretrained('.').save_pretrained('.')\"");

    /** A tokenizer that cannot be used. */
    public static final ProblemKind TOKENIZER_DAMAGED = kind(
            "FT0431",
            "the tokenizer is damaged",
            "tokenizer.json, tokenizer_config.json or the vocabulary of a GGUF file is not as it should be, asks for a step on"
                    + " which the tokenizers library would end the process or take all memory, does not fit the model, or cannot"
                    + " make tokens of a text.",
            "download the tokenizer files again, from the same revision as the weights");

    /** A tokenizer of a GGUF file that is not known. */
    public static final ProblemKind GGUF_TOKENIZER = kind(
            "FT0432",
            "the tokenizer of this GGUF file is not known",
            "A GGUF file names its tokenizer but does not describe it in full. Byte-level BPE with the pre-tokenizers of GPT-2, SmolLM,"
                    + " Llama 3 and Qwen2 is known; a guess would train on wrong tokens.",
            "use the model's safetensors folder, which has a tokenizer.json: model: hf:ORG/NAME");

    /** No native library for this machine. */
    public static final ProblemKind TOKENIZER_LIBRARY = kind(
            "FT0433",
            "the native tokenizers library cannot be loaded",
            "Tokenizing uses a native library that is unpacked into a cache folder on first use. There is none for this operating system"
                    + " and processor, or the folder cannot be written.",
            "set DJL_CACHE_DIR to a folder that can be written, on Linux, macOS or Windows with a 64-bit processor");

    /** A tokenizer that llama.cpp would not rebuild. */
    public static final ProblemKind GGUF_TOKENIZER_UNWRITTEN = kind(
            "FT0434",
            "the tokenizer cannot be written as GGUF",
            "A GGUF file does not describe its tokenizer in full but names how text is cut before tokens are made of it. What this tokenizer.json"
                    + " does is none of the ways that are known by name here; under a wrong name llama.cpp would make other tokens.",
            "finetune export RUN --to FOLDER --format hf");

    /** A chat template that cannot be parsed. */
    public static final ProblemKind TEMPLATE_SYNTAX = kind(
            "FT0440",
            "the chat template is not well-formed",
            "The template that turns messages into the model's text is written in Jinja2. It cannot be parsed at the place named, or"
                    + " uses something of Jinja2 that chat templates do not have (import, include, block).",
            "take the chat_template of the model's publisher (tokenizer_config.json or chat_template.jinja)");

    /** A chat template that fails while it is rendered. */
    public static final ProblemKind TEMPLATE_FAILED = kind(
            "FT0441",
            "the chat template fails",
            "An operation of the template failed, such as an attribute of something that does not exist. transformers would fail at the"
                    + " same place. Often the template expects something that the conversation does not have.",
            "compare the rows with what the template expects, or use the template of a newer revision of the model");

    /** A chat template that says no. */
    public static final ProblemKind TEMPLATE_REFUSES = kind(
            TextCodec.TEMPLATE_REFUSES,
            "the chat template refuses the conversation",
            "The template called raise_exception. Most often roles must alternate between user and assistant, or system messages are"
                    + " not supported by this model.",
            "change the rows so that the roles are as the message says");

    /** A chat template that costs too much. */
    public static final ProblemKind TEMPLATE_LIMIT = kind(
            "FT0443",
            "the chat template costs too much",
            "Rendering is limited in steps, output, nesting and ranges, since templates come from outside. Real templates use a small"
                    + " part of what is allowed.",
            "shorten the row, or use the template of the model's publisher");

    /** A chat template from which the trained part cannot be told. */
    public static final ProblemKind TEMPLATE_MASK = kind(
            "FT0444",
            "the trained part cannot be told from the prompt",
            "Only what the assistant says is trained. To find it, the conversation is rendered up to each answer and with it; the first"
                    + " text must begin the second. This template changes earlier text when a message follows, for example by dropping"
                    + " the reasoning of earlier answers; or it leaves answers out, since it knows contents as lists of texts and images"
                    + " only, or the question before an answer; or it ends each text with the prompt of the next answer.",
            "put {% generation %} and {% endgeneration %} around the assistant's text in chat_template.jinja, or train on the last answer"
                    + " only");

    /** A model without a chat template. */
    public static final ProblemKind TEMPLATE_MISSING = kind(
            "FT0445",
            "the model has no chat template",
            "Base models have none. Conversations are then written as plain text: each message is its role on a line, the content, and an"
                    + " empty line; an answer ends with the end of text. Use the same text where the tuned model is used.",
            "use the -Instruct variant of the model, or put a chat_template.jinja into the model's folder");

    /** Only the last answer is as the model would give it. */
    public static final ProblemKind TEMPLATE_LAST_ANSWER = kind(
            "FT0446",
            "only the last answer of a conversation is trained",
            "The chat template writes an answer otherwise once a later turn follows: those of reasoning models drop the thoughts of"
                    + " earlier turns. Only the last answer then stands as the model will be asked to give it, so the earlier ones"
                    + " are shown to the model and not learned. Rows with one answer lose nothing.",
            "to train every answer, give each a row of its own that ends with it");

    /** Nothing that is trained tells where an answer ends. */
    public static final ProblemKind TEMPLATE_NO_END = kind(
            "FT0447",
            "nothing ends an answer",
            "A model stops where it gives a token that ends turns or texts, and learns from the rows to give it. This chat template writes"
                    + " none behind an answer, so that a model that is tuned on it for long goes on behind its answers, up to the most"
                    + " tokens that it is allowed.",
            "write {{ eos_token }} behind the assistant's text in the chat template");

    /** A tensor of another shape than the configuration calls for. */
    public static final ProblemKind TENSOR_SHAPE = kind(
            "FT0471",
            "a weight has not the shape that config.json calls for",
            "The sizes in config.json and the tensors in the weight file disagree. Most often the two come from different models, or a"
                    + " vocabulary was extended without a change in config.json.",
            "fetch config.json and the weights again, both from the same revision of the model");

    private static ProblemKind kind(String code, String title, String explanation, String remedy) {
        return new ProblemKind(code, title, ExitCode.INVALID, explanation, remedy);
    }

    @Override
    public List<ProblemKind> kinds() {
        return List.of(
                MODEL_MISSING,
                FILE_UNREADABLE,
                PICKLE_REFUSED,
                SAFETENSORS_HEADER,
                SAFETENSORS_LAYOUT,
                GGUF_METADATA,
                GGUF_LAYOUT,
                GGUF_VERSION,
                TENSOR_TYPE,
                TENSOR_MISSING,
                SHARDS,
                CONFIG_MISSING,
                CONFIG_INVALID,
                GGUF_ARCHITECTURE,
                LAYOUT_UNWRITTEN,
                GGUF_UNWRITTEN,
                OWN_DROPOUT,
                TOKENIZER_MISSING,
                TOKENIZER_DAMAGED,
                GGUF_TOKENIZER,
                TOKENIZER_LIBRARY,
                GGUF_TOKENIZER_UNWRITTEN,
                TEMPLATE_SYNTAX,
                TEMPLATE_FAILED,
                TEMPLATE_REFUSES,
                TEMPLATE_LIMIT,
                TEMPLATE_MASK,
                TEMPLATE_MISSING,
                TEMPLATE_LAST_ANSWER,
                TEMPLATE_NO_END,
                TENSOR_SHAPE);
    }
}
