#!/usr/bin/env python3
"""Make small tokenizers of encoders, and what transformers gives for them.

    pip install tokenizers transformers
    python make_encoder_tokenizer_fixtures.py

codec/encoders/FAMILY/  tokenizer.json, tokenizer_config.json and config.json of a BERT (word pieces, a template around the text) and of
                        a RoBERTa (bytes, RobertaProcessing)
codec/encoders/tokens.json  texts with their tokens for each, whole and cut to 12 tokens
"""
import json
import pathlib

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

OUT = pathlib.Path(__file__).parent.parent / "resources/dev/finetune4j/modelfiles/codec/encoders"
TEXTS = ["", "a", "The attacker used a scheduled task.", "Grüße aus Zürich, naïve CAFÉ!", "  two  blanks\nand a line ",
         "unaffable 漢字 and 12,345 numbers", "it's [CLS] spelled in a text", "emoji 🙂 and\ttab",
         "a long sentence that is certainly cut to twelve tokens since it has many more words than that in it"]
BERT = dict(unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", pad_token="[PAD]", mask_token="[MASK]")
ROBERTA = dict(bos_token="<s>", cls_token="<s>", sep_token="</s>", eos_token="</s>", pad_token="<pad>", unk_token="<unk>",
               mask_token="<mask>")


def bert():
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.train_from_iterator(TEXTS * 2, trainers.WordPieceTrainer(
        vocab_size=160, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
        special_tokens=[(t, tokenizer.token_to_id(t)) for t in ("[CLS]", "[SEP]")])
    return tokenizer, BERT, dict(model_type="bert", hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
                                 max_position_embeddings=64, architectures=["BertModel"])


def roberta():
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(TEXTS * 2, trainers.BpeTrainer(
        vocab_size=320, special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    return tokenizer, ROBERTA, dict(model_type="roberta", hidden_size=8, num_hidden_layers=1, num_attention_heads=2,
                                    intermediate_size=16, max_position_embeddings=66, pad_token_id=1, type_vocab_size=1,
                                    architectures=["RobertaForMaskedLM"])


expected = {}
for name, make in dict(bert=bert, roberta=roberta).items():
    tokenizer, special, config = make()
    folder = OUT / name
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text(json.dumps(dict(config, vocab_size=tokenizer.get_vocab_size()), indent=1) + "\n")
    (folder / "tokenizer_config.json").write_text(json.dumps(special, indent=1) + "\n")
    theirs = PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"), **special, split_special_tokens=True)
    expected[name] = [dict(text=text, ids=theirs(text)["input_ids"],
                           cut=theirs(text, truncation=True, max_length=12)["input_ids"]) for text in TEXTS]
(OUT / "tokens.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n")
