# The methods that Java calls.

class M(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def empty(self: __torch__.M, rows: int, columns: int, dtype: int) -> Tensor:
    return torch.empty([rows, columns], dtype=dtype)

  def vector(self: __torch__.M, length: int, dtype: int) -> Tensor:
    return torch.zeros([length], dtype=dtype)

  # Copies numbers into target from row first on; a vector's rows have one element.
  def put(self: __torch__.M, target: Tensor, first: int, x: Tensor) -> int:
    rows = target.view([target.size(0), -1])
    end = first + x.numel() // rows.size(1)
    rows[first:end].copy_(x.view([-1, rows.size(1)]))
    return end

  def sum(self: __torch__.M, x: Tensor) -> float:
    return float(torch.sum(x))

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

  def decoder(self: __torch__.M, embedding: Tensor, norm: Tensor, head: Tensor, heads: int, key_heads: int, head_width: int, eps: float, gelu: int, embedding_scale: float, logit_cap: float) -> __torch__.decoder.Decoder:
    return __torch__.decoder.Decoder(embedding, norm.view([-1]), head, __torch__.layer.Shape(heads, key_heads, head_width, eps, gelu == 1), embedding_scale, logit_cap)

  def layers(self: __torch__.M, weights: List[Tensor], decoder: __torch__.decoder.Decoder, query_scale: float, score_cap: float, windows: List[int], rotaries: List[int], flat: Tensor, grad: Tensor, rank: int, plans: List[List[int]], scale: float, dropout: float) -> List[__torch__.layer.Layer]:
    return __torch__.decoder.layers(weights, decoder, query_scale, score_cap, windows, rotaries, flat, grad, rank, plans, scale, dropout)

  def workspace(self: __torch__.M, decoder: __torch__.decoder.Decoder, layers: List[__torch__.layer.Layer], N: int, chunk: int, level: int) -> __torch__.decoder.Workspace:
    return __torch__.decoder.workspace(decoder, layers[0], len(layers), N, chunk, level)

  # positions [N] of the tokens; cos and sin are tables [positions, D/2], one or more.
  def place(self: __torch__.M, positions: Tensor, cos: List[Tensor], sin: List[Tensor], groups: List[int], seed: int) -> __torch__.layer.Place:
    c = annotate(List[Tensor], [])
    s = annotate(List[Tensor], [])
    for i in range(len(cos)):
      torch.append(c, torch.index_select(cos[i], 0, positions).unsqueeze(1))
      torch.append(s, torch.index_select(sin[i], 0, positions).unsqueeze(1))
    return __torch__.layer.Place(positions, c, s, groups, seed)

  def loss(self: __torch__.M, ids: Tensor, rows: Tensor, targets: Tensor, decoder: __torch__.decoder.Decoder, layers: List[__torch__.layer.Layer], place: __torch__.layer.Place, space: __torch__.decoder.Workspace) -> float:
    return float(__torch__.decoder.loss(ids, rows, targets, decoder, layers, place, space))

  def accumulate(self: __torch__.M, ids: Tensor, rows: Tensor, targets: Tensor, scale: float, decoder: __torch__.decoder.Decoder, layers: List[__torch__.layer.Layer], place: __torch__.layer.Place, space: __torch__.decoder.Workspace) -> float:
    return float(__torch__.decoder.accumulate(ids, rows, targets, scale, decoder, layers, place, space))

  def gradient_norm(self: __torch__.M, grad: Tensor) -> float:
    return float(torch.linalg_vector_norm(grad, 2, None, False, dtype=7))

  def adamw(self: __torch__.M, p: Tensor, g: Tensor, m: Tensor, v: Tensor, t: int, lr: float, wd: float, grad_scale: float) -> int:
    __torch__.adamw.step(p, g, m, v, t, lr, wd, grad_scale)
    return t

  def cache(self: __torch__.M, decoder: __torch__.decoder.Decoder, layers: int, capacity: int) -> __torch__.inference.Cache:
    return __torch__.inference.cache(decoder, layers, capacity)

  def copy_cache(self: __torch__.M, old: __torch__.inference.Cache, new: __torch__.inference.Cache, past: int) -> int:
    return __torch__.inference.copy(old, new, past)

  def extend(self: __torch__.M, ids: Tensor, past: int, masks: List[Tensor], place: __torch__.layer.Place, decoder: __torch__.decoder.Decoder, layers: List[__torch__.layer.Layer], cache: __torch__.inference.Cache) -> Tensor:
    return __torch__.inference.extend(ids, past, masks, place, decoder, layers, cache)

  # Logits after the last of the tokens whose hidden states x [n, C] are: [V] float32.
  def last_logits(self: __torch__.M, x: Tensor, decoder: __torch__.decoder.Decoder) -> Tensor:
    n = x.size(0)
    return __torch__.inference.logits(x[n - 1:n], decoder)[0]

  # log p of q targets, each after one of m of the tokens whose hidden states x [n, C] are: [q] float32.
  def log_likelihood(self: __torch__.M, x: Tensor, rows: Tensor, of: Tensor, targets: Tensor, decoder: __torch__.decoder.Decoder) -> Tensor:
    return __torch__.inference.log_likelihood(x, rows, of, targets, decoder)
