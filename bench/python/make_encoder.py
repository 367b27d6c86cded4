#!/usr/bin/env python3
"""Writes an encoder of MiniLM's sizes (6 layers, 384 wide) with random weights and a classification head; its speed is that of a real one.

    make_encoder.py FOLDER
"""
import argparse

import torch
from transformers import BertConfig, BertForSequenceClassification

LABELS = 14

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("folder")
args = parser.parse_args()
torch.manual_seed(0)
config = BertConfig(
    hidden_size=384,
    intermediate_size=1536,
    num_hidden_layers=6,
    num_attention_heads=12,
    hidden_dropout_prob=0.0,
    attention_probs_dropout_prob=0.0,
    num_labels=LABELS,
    id2label={i: f"label-{i}" for i in range(LABELS)},
)
BertForSequenceClassification(config).save_pretrained(args.folder)
