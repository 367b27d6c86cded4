"""Trains from a recipe with transformers and PEFT: decides nothing, and so trains what finetune4j's own core would.

Axes in comments: B texts, T tokens, K tokens whose prediction is wanted, V vocabulary, C width, v virtual tokens. Of a prefix L layers,
K key heads, D their width.
"""
