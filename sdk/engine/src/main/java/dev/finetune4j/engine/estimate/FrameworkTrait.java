package dev.finetune4j.engine.estimate;

/**
 * How a framework differs, in what it keeps in a GPU's memory and in how fast it computes, from PyTorch's kernels, parallelism and optimizers
 * under adapters of PEFT on bitsandbytes.
 */
enum FrameworkTrait {
    /** Its layers are those of Hugging Face's transformers, patched or not. */
    TRANSFORMERS_LAYERS,
    /** Its activation functions are transformers' own, of which {@code gelu_new} is written out in Python. */
    TRANSFORMERS_ACTIVATIONS,
    /** Its kernels are fused beyond PyTorch's own. */
    FUSED_KERNELS,
    /** Its kernels are NVIDIA's own, made for the newest parts and for eight bits before PyTorch's are. */
    VENDOR_KERNELS,
    /** Its layers are patched to keep less for the backward pass, and so to move less. */
    LEAN_LAYERS,
    /** Where it computes activations again selectively, every other product is kept instead of all but attention's inside. */
    EVERY_OTHER_PRODUCT,

    /** Embedding and head are two tensors even where the model ties them. */
    UNTIED_HEAD,
    /** The head is packed as the layers are. */
    PACKED_HEAD,
    /** Each GPU has all weights for a moment before they are sharded. */
    WHOLE_LOADING,
    /** Frozen weights outside the layers are not sharded. */
    WHOLE_FROZEN_EDGES,
    /** What is not packed, or is unpacked, is as wide as what is computed in; that of others is in half precision in any case. */
    WIDTH_OF_PRODUCTS,
    /** A product with a packed matrix keeps no copy as wide as its output, as one of bitsandbytes does. */
    OWN_UNPACKING,

    /** No buckets lie beside the gradients of replicas, as those of DistributedDataParallel do. */
    NO_BUCKETS,
    /** Gradients of replicas are added up in a copy of some of them, in single precision. */
    SUMMED_COPIES,
    /** Gradients of what is sharded are added up in single precision. */
    SINGLE_SUMS,
    /** Gradients are in single precision, whatever the weights are in. */
    SINGLE_GRADIENTS,
    /** Gradients are in half precision, whatever the weights are in. */
    HALF_GRADIENTS,
    /** Gradients lie there throughout a step, accumulated or not. */
    LASTING_GRADIENTS,
    /** An optimizer of its own keeps a copy of the weights, and moments, in single precision, and needs no temporary in its step. */
    MASTER_WEIGHTS,
    /** Buffers lie beside the optimizer's states. */
    BUFFERED_STATES,

    /** Adapters, their gradients and moments are in half precision. */
    HALF_ADAPTERS,
    /** Adapters, and what else is trained beside frozen weights, are not sharded, nor are their gradients and moments. */
    WHOLE_ADAPTERS,
    /** Where the loss is computed in chunks, the logits of all chunks lie there, and the logarithms of their softmax till the way back. */
    KEPT_CHUNKS,
    /** Tensor parallelism shares out matrices within layers alone: what flows between layers, and logits, are whole on each GPU. */
    WHOLE_STREAM,

    /** Nothing is kept of what adapters read. */
    NO_ADAPTER_INPUTS,
    /** What adapters read is kept in half precision; others copy it in single. */
    HALF_ADAPTER_INPUTS
}
