# The methods that Java calls.

class M(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def empty(self: __torch__.M, rows: int, columns: int, dtype: int) -> Tensor:
    return torch.empty([rows, columns], dtype=dtype)

  def vector(self: __torch__.M, length: int, dtype: int) -> Tensor:
    return torch.zeros([length], dtype=dtype)

  # Views of a long vector, from an element on.
  def matrix_of(self: __torch__.M, x: Tensor, begin: int, rows: int, columns: int) -> Tensor:
    return x.view([-1])[begin:begin + rows * columns].view([rows, columns])

  def vector_of(self: __torch__.M, x: Tensor, begin: int, length: int) -> Tensor:
    return x[begin:begin + length]

  # Copies numbers into target from row first on; a vector's rows have one element.
  def put(self: __torch__.M, target: Tensor, first: int, x: Tensor) -> int:
    rows = target.view([target.size(0), -1])
    end = first + x.numel() // rows.size(1)
    rows[first:end].copy_(x.view([-1, rows.size(1)]))
    return end

  # No finite number where one of x is none. A sum would make a copy in 32 bits of what has 16.
  def extremes(self: __torch__.M, x: Tensor) -> float:
    return float(torch.amax(x)) + float(torch.amin(x))

  # Undoes the interleaving of rotary pairs in rows first .. end (llama.cpp lays dimension i beside i + D/2).
  def deinterleave(self: __torch__.M, target: Tensor, first: int, end: int, heads: int) -> int:
    x = target[first:end].view([end - first, -1])
    half = (end - first) // heads // 2
    x.copy_(x.view([heads, half, 2, x.size(1)]).transpose(1, 2).reshape([end - first, x.size(1)]))
    return end

  def copy(self: __torch__.M, source: Tensor, target: Tensor) -> int:
    target.copy_(source)
    return 0

  # Adds a number to each element: weights of norms that are stored without their 1.
  def shift(self: __torch__.M, target: Tensor, by: float) -> int:
    target.add_(by)
    return 0

  # Rows of a matrix in blocks of a ggml format: [rows, bytes of a row] uint8.
  def ggml_part(self: __torch__.M, first: int, rows: int, blocks: Tensor, format: int, elements: int, block_bytes: int) -> __torch__.packed.Part:
    none = torch.empty([0])
    return __torch__.packed.Part(format, elements, first, rows, blocks.view([-1, block_bytes]), none, none, none, none, 0.0, none, none)

  # The same, spread out into codes of a byte.
  def code_part(self: __torch__.M, first: int, rows: int, blocks: Tensor, format: int, elements: int, block_bytes: int) -> __torch__.packed.Part:
    return __torch__.packed.spread(blocks.view([-1, block_bytes]), format, elements, first, rows)

  # Rows of a matrix in 16 bits: x [rows, I].
  def narrow_part(self: __torch__.M, first: int, rows: int, x: Tensor, format: int) -> __torch__.packed.Part:
    none = torch.empty([0])
    return __torch__.packed.Part(format, 1, first, rows, x, none, none, none, none, 0.0, none, none)

  # Rows of a matrix in NF4; codes are its 16 numbers.
  def nf4_part(self: __torch__.M, first: int, rows: int, blocks: Tensor, magnitudes: Tensor, distances: Tensor, mean: float, codes: Tensor, levels: Tensor) -> __torch__.packed.Part:
    pairs = torch.complex(torch.repeat_interleave(codes, 16), codes.repeat([16]))      # [256]
    return __torch__.packed.Part(0, 64, first, rows, blocks.view([-1, 32]), codes[0:0], codes[0:0], magnitudes.view([-1]), distances, mean, pairs, levels)

  # The sum of the part's numbers, which are left in the weight [O, I] that it is part of.
  def unpacked_sum(self: __torch__.M, part: __torch__.packed.Part, weight: Tensor) -> float:
    return float(torch.sum(__torch__.packed.unpack(part, weight)[part.first:part.first + part.rows], dtype=6))

  # Lets one of the four projections of a layer, qkv, out, gate and up, down, unpack a part at each use.
  def attach(self: __torch__.M, layers: List[__torch__.layer.Layer], i: int, projection: int, part: __torch__.packed.Part) -> int:
    linears = [layers[i].qkv, layers[i].out, layers[i].gate_up, layers[i].down]
    torch.append(linears[projection].packed, part)
    return projection

  # The linear layers that adapters may sit at, four of each layer.
  def linears(self: __torch__.M, layers: List[__torch__.layer.Layer]) -> List[__torch__.linear.Linear]:
    all = annotate(List[__torch__.linear.Linear], [])
    for i in range(len(layers)):
      all = torch.add(all, [layers[i].qkv, layers[i].out, layers[i].gate_up, layers[i].down])
    return all

  def encoder_linears(self: __torch__.M, layers: List[__torch__.encoder_layer.Layer]) -> List[__torch__.linear.Linear]:
    all = annotate(List[__torch__.linear.Linear], [])
    for i in range(len(layers)):
      all = torch.add(all, [layers[i].qkv, layers[i].out, layers[i].inner, layers[i].outer])
    return all

  # Lets one of them train the lengths of its adapted rows, m [M], apart.
  def train_lengths(self: __torch__.M, linears: List[__torch__.linear.Linear], i: int, m: Tensor, grad: Tensor) -> int:
    outputs = linears[i].weight.size(0)
    torch.append(linears[i].magnitude, __torch__.magnitude.Magnitude(m, grad, torch.ones([outputs]), torch.ones([outputs])))
    return i

  # Must follow each change of the factors or lengths; start is 1 for lengths that are yet to be chosen. Room is for 4 MiB of rows, or
  # for one that is longer.
  def measure(self: __torch__.M, linears: List[__torch__.linear.Linear], start: int) -> int:
    room = torch.empty([1048576], dtype=6)
    for i in range(len(linears)):
      if linears[i].weight.size(1) > room.size(0):
        room = torch.empty([linears[i].weight.size(1)], dtype=6)
      __torch__.linear.measure(linears[i], start == 1, room)
    return len(linears)

  def decoder(self: __torch__.M, embedding: Tensor, norm: Tensor, head: Tensor, heads: int, key_heads: int, head_width: int, eps: float, gelu: int, embedding_scale: float, logit_cap: float, grads: List[Tensor], prompt: Tensor, padding: int) -> __torch__.decoder.Decoder:
    grad = __torch__.decoder.Gradient(grads[0], grads[1], grads[2], grads[3])
    return __torch__.decoder.Decoder(embedding, norm.view([-1]), head, __torch__.layer.Shape(heads, key_heads, head_width, eps, gelu == 1), embedding_scale, logit_cap, grad, prompt, padding)

  # Lets virtual tokens, [v C], start as tokens [v] of the vocabulary.
  def start_prompt(self: __torch__.M, ids: Tensor, decoder: __torch__.decoder.Decoder, target: Tensor) -> int:
    target.copy_(__torch__.decoder.embed(ids, decoder).view([-1]))
    return ids.size(0)

  def layers(self: __torch__.M, weights: List[Tensor], grads: List[Tensor], decoder: __torch__.decoder.Decoder, query_scale: float, score_cap: float, windows: List[int], rotaries: List[int], trained_prefix: List[Tensor], flat: Tensor, grad: Tensor, plans: List[List[int]], scales: List[List[float]], dropout: float) -> List[__torch__.layer.Layer]:
    return __torch__.decoder.layers(weights, grads, decoder, query_scale, score_cap, windows, rotaries, trained_prefix, flat, grad, plans, scales, dropout)

  def workspace(self: __torch__.M, decoder: __torch__.decoder.Decoder, layers: List[__torch__.layer.Layer], N: int, l: int, w: int, level: int) -> __torch__.decoder.Workspace:
    return __torch__.decoder.workspace(decoder, layers, N, l, w, level)

  def share(self: __torch__.M, space: __torch__.decoder.Workspace, a: int, z: int, i: int, n: int) -> __torch__.decoder.Workspace:
    return __torch__.decoder.share(space, a, z, i, n)

  # Moves the sums of one vector into another.
  def gather(self: __torch__.M, total: Tensor, other: Tensor) -> int:
    total.add_(other)
    other.zero_()
    return 0

  # positions [N] of the tokens; cos and sin are tables [positions, D/2], one or more. What is given is memory of Java, which it may take
  # back once this has returned, so that all of it is copied.
  def place(self: __torch__.M, positions: Tensor, cos: List[Tensor], sin: List[Tensor], prefix: int, groups: List[int], seed: int) -> __torch__.layer.Place:
    c = annotate(List[Tensor], [])
    s = annotate(List[Tensor], [])
    for i in range(len(cos)):
      torch.append(c, torch.index_select(cos[i], 0, positions).unsqueeze(1))
      torch.append(s, torch.index_select(sin[i], 0, positions).unsqueeze(1))
    return __torch__.layer.Place(torch.clone(positions), c, s, prefix, groups, seed)

  def loss(self: __torch__.M, ids: Tensor, rows: Tensor, targets: Tensor, decoder: __torch__.decoder.Decoder, layers: List[__torch__.layer.Layer], place: __torch__.layer.Place, space: __torch__.decoder.Workspace) -> float:
    return float(__torch__.decoder.loss(ids, rows, targets, decoder, layers, place, space))

  def accumulate(self: __torch__.M, ids: Tensor, rows: Tensor, targets: Tensor, scale: float, decoder: __torch__.decoder.Decoder, layers: List[__torch__.layer.Layer], place: __torch__.layer.Place, space: __torch__.decoder.Workspace) -> float:
    return float(__torch__.decoder.accumulate(ids, rows, targets, scale, decoder, layers, place, space))

  def gradient_norm(self: __torch__.M, grad: Tensor) -> float:
    return __torch__.adamw.norm(grad)

  # Weight decay holds for the first decayed elements. Returns both parts of p.
  def adamw(self: __torch__.M, p: Tensor, g: Tensor, m: Tensor, v: Tensor, decayed: int, t: int, lr: float, wd: float, grad_scale: float) -> List[Tensor]:
    n = p.size(0)
    with_decay = __torch__.adamw.step(p[0:decayed], g[0:decayed], m[0:decayed], v[0:decayed], t, lr, wd, grad_scale)
    without = __torch__.adamw.step(p[decayed:n], g[decayed:n], m[decayed:n], v[decayed:n], t, lr, 0.0, grad_scale)
    return [with_decay, without]

  def cache(self: __torch__.M, decoder: __torch__.decoder.Decoder, layers: int, capacity: int) -> __torch__.inference.Cache:
    return __torch__.inference.cache(decoder, layers, capacity)

  def copy_cache(self: __torch__.M, old: __torch__.inference.Cache, new: __torch__.inference.Cache, past: int) -> int:
    return __torch__.inference.copy(old, new, past)

  # Lets virtual tokens, [v L 2 K D], start as the first v tokens of a cache.
  def start_trained_prefix(self: __torch__.M, cache: __torch__.inference.Cache, v: int, target: Tensor) -> int:
    return __torch__.inference.start_trained_prefix(cache, v, target)

  def extend(self: __torch__.M, ids: Tensor, past: int, masks: List[Tensor], place: __torch__.layer.Place, decoder: __torch__.decoder.Decoder, layers: List[__torch__.layer.Layer], cache: __torch__.inference.Cache) -> Tensor:
    none = __torch__.inference.Cache(annotate(List[Tensor], []), annotate(List[Tensor], []))
    return __torch__.inference.extend(ids, past, masks, place, decoder, layers, cache, none, 0)

  # The same, after which own holds the new tokens of each text, the first of them as text.
  def extend_apart(self: __torch__.M, ids: Tensor, past: int, masks: List[Tensor], place: __torch__.layer.Place, decoder: __torch__.decoder.Decoder, layers: List[__torch__.layer.Layer], cache: __torch__.inference.Cache, own: __torch__.inference.Cache, text: int) -> Tensor:
    return __torch__.inference.extend(ids, past, masks, place, decoder, layers, cache, own, text)

  def cache_beside(self: __torch__.M, decoder: __torch__.decoder.Decoder, layers: int, texts: int, capacity: int) -> __torch__.inference.Cache:
    return __torch__.inference.cache_beside(decoder, layers, texts, capacity)

  def keep_apart(self: __torch__.M, cache: __torch__.inference.Cache, past: int, end: int, own: __torch__.inference.Cache, text: int) -> int:
    return __torch__.inference.keep_apart(cache, past, end, own, text)

  def select(self: __torch__.M, own: __torch__.inference.Cache, texts: int, selected: Tensor) -> int:
    return __torch__.inference.select(own, texts, selected)

  def extend_beside(self: __torch__.M, ids: Tensor, past: int, own: __torch__.inference.Cache, longest: int, place: __torch__.layer.Place, decoder: __torch__.decoder.Decoder, layers: List[__torch__.layer.Layer], cache: __torch__.inference.Cache) -> Tensor:
    return __torch__.inference.extend_beside(ids, past, own, longest, place, decoder, layers, cache)

  # Logits after each of the tokens whose hidden states x [n, C] are: [n, V] float32.
  def each_logits(self: __torch__.M, x: Tensor, decoder: __torch__.decoder.Decoder) -> Tensor:
    return __torch__.inference.logits(x, decoder)

  # Logits after the last of the tokens whose hidden states x [n, C] are: [V] float32.
  def last_logits(self: __torch__.M, x: Tensor, decoder: __torch__.decoder.Decoder) -> Tensor:
    n = x.size(0)
    return __torch__.inference.logits(x[n - 1:n], decoder)[0]

  # log p of q targets, each after one of m of the tokens whose hidden states x [n, C] are: [q] float32.
  def log_likelihood(self: __torch__.M, x: Tensor, rows: Tensor, of: Tensor, targets: Tensor, decoder: __torch__.decoder.Decoder, room: Tensor) -> Tensor:
    return __torch__.inference.log_likelihood(x, rows, of, targets, decoder, room)

  def logit_room(self: __torch__.M, decoder: __torch__.decoder.Decoder, rows: int) -> Tensor:
    return __torch__.inference.logit_room(decoder, rows)

  # weights, grads: words, positions, types, the norm of their sum and its bias, dense layer and classifier of the head with biases.
  def encoder(self: __torch__.M, weights: List[Tensor], grads: List[Tensor], eps: float, tanh: int, depth: int) -> __torch__.encoder.Encoder:
    norm = __torch__.layer_norm.Norm(weights[3], weights[4], grads[3], grads[4], eps)
    head = __torch__.classifier.Head(weights[5], weights[6], weights[7], weights[8], grads[5], grads[6], grads[7], grads[8], tanh == 1)
    grad = __torch__.encoder.Gradient(grads[0], grads[1], grads[2])
    return __torch__.encoder.Encoder(weights[0], weights[1], weights[2], norm, head, grad, depth)

  def encoder_layers(self: __torch__.M, weights: List[Tensor], grads: List[Tensor], heads: int, activation: int, eps: float, flat: Tensor, grad: Tensor, plans: List[List[int]], scales: List[List[float]], dropout: float) -> List[__torch__.encoder_layer.Layer]:
    return __torch__.encoder.layers(weights, grads, heads, activation, eps, flat, grad, plans, scales, dropout)

  def encoder_workspace(self: __torch__.M, layers: List[__torch__.encoder_layer.Layer], N: int, level: int) -> __torch__.encoder.Workspace:
    return __torch__.encoder.workspace(layers[0], len(layers), N, level)

  # Copies what it is given: numbers that come from Java lie in Java's memory, which is gone once the caller lets go of them.
  def encoder_batch(self: __torch__.M, ids: Tensor, positions: Tensor, groups: List[int], first: Tensor, seed: int) -> __torch__.encoder.Batch:
    return __torch__.encoder.Batch(torch.clone(ids), torch.clone(positions), groups, torch.clone(first), seed)

  # log p of each label: [S, K] float32.
  def label_scores(self: __torch__.M, batch: __torch__.encoder.Batch, encoder: __torch__.encoder.Encoder, layers: List[__torch__.encoder_layer.Layer], space: __torch__.encoder.Workspace) -> Tensor:
    return torch.log_softmax(__torch__.encoder.logits(batch, encoder, layers, space), 1)

  def label_loss(self: __torch__.M, batch: __torch__.encoder.Batch, targets: Tensor, encoder: __torch__.encoder.Encoder, layers: List[__torch__.encoder_layer.Layer], space: __torch__.encoder.Workspace) -> float:
    return float(__torch__.classifier.loss(__torch__.encoder.logits(batch, encoder, layers, space), targets))

  def accumulate_labels(self: __torch__.M, batch: __torch__.encoder.Batch, targets: Tensor, scale: float, encoder: __torch__.encoder.Encoder, layers: List[__torch__.encoder_layer.Layer], space: __torch__.encoder.Workspace) -> float:
    return float(__torch__.encoder.accumulate(batch, targets, scale, encoder, layers, space))
