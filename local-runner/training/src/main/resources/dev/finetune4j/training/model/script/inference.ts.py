# Speaking and scoring with a cache of keys and values: n new tokens of one text or of several texts with the same past look at the
# past tokens in the cache and at those of their own text that its mask allows. S = past + tokens of a text.
# Several texts are spoken side by side, a token of each at a time, as each such pass reads all weights: t texts look at the same past,
# and each at tokens of its own behind it, which are kept apart.

# k, v: for each layer [K, capacity, D]; of t texts' own tokens [t K, capacity, D].
class Cache(NamedTuple):
  k : List[Tensor]
  v : List[Tensor]

def cache(decoder: __torch__.decoder.Decoder, L: int, capacity: int) -> __torch__.inference.Cache:
  k = annotate(List[Tensor], [])
  v = annotate(List[Tensor], [])
  for i in range(L):
    torch.append(k, torch.empty([decoder.shape.key_heads, capacity, decoder.shape.head_width], dtype=decoder.embedding.dtype))
    torch.append(v, torch.empty([decoder.shape.key_heads, capacity, decoder.shape.head_width], dtype=decoder.embedding.dtype))
  return __torch__.inference.Cache(k, v)

# Moves the first past tokens of one cache to another.
def copy(old: __torch__.inference.Cache, new: __torch__.inference.Cache, past: int) -> int:
  for i in range(len(old.k)):
    new.k[i][:, 0:past].copy_(old.k[i][:, 0:past])
    new.v[i][:, 0:past].copy_(old.v[i][:, 0:past])
  return past

# The keys and values of the first v tokens, in the order that prefixes are trained in: target is [v L 2 K D].
def start_trained_prefix(cache: __torch__.inference.Cache, v: int, target: Tensor) -> int:
  K, capacity, D = cache.k[0].size()
  x = target.view([v, len(cache.k), 2, K, D])
  for i in range(len(cache.k)):
    x[:, i, 0].copy_(cache.k[i][:, 0:v].transpose(0, 1))
    x[:, i, 1].copy_(cache.v[i][:, 0:v].transpose(0, 1))
  return v

# Room for the own tokens of t texts; what is not yet written must be a number, as it is multiplied by 0.
def cache_beside(decoder: __torch__.decoder.Decoder, L: int, t: int, capacity: int) -> __torch__.inference.Cache:
  shape = [t * decoder.shape.key_heads, capacity, decoder.shape.head_width]
  k = annotate(List[Tensor], [])
  v = annotate(List[Tensor], [])
  for i in range(L):
    torch.append(k, torch.zeros(shape, dtype=decoder.embedding.dtype))
    torch.append(v, torch.zeros(shape, dtype=decoder.embedding.dtype))
  return __torch__.inference.Cache(k, v)

# Makes the tokens past .. end of a cache the first of a text's own.
def keep_apart(cache: __torch__.inference.Cache, past: int, end: int, own: __torch__.inference.Cache, text: int) -> int:
  for i in range(len(cache.k)):
    K = cache.k[i].size(0)
    own.k[i][text * K:text * K + K, 0:end - past].copy_(cache.k[i][:, past:end])
    own.v[i][text * K:text * K + K, 0:end - past].copy_(cache.v[i][:, past:end])
  return text

# The same of texts that lie end to end in y [n, H + 2 K, D], turned, for one layer, as far as there is room: their keys and values are the
# first of the own ones of texts text, text + 1, ..
def keep_each_apart(y: Tensor, masks: List[Tensor], own_k: Tensor, own_v: Tensor, text: int, look: __torch__.attention.Look) -> int:
  H = look.heads
  K = look.key_heads
  begin = 0
  for i in range(len(masks)):
    n = min(masks[i].size(0), own_k.size(1))
    a = (text + i) * K
    own_k[a:a + K, 0:n].copy_(y[begin:begin + n, H:H + K].transpose(0, 1))
    own_v[a:a + K, 0:n].copy_(y[begin:begin + n, H + K:H + 2 * K].transpose(0, 1))
    begin = begin + masks[i].size(0)
  return text + len(masks)

# Leaves the own tokens of some of t texts, layer by layer, so that no layer but one is there twice.
def select(own: __torch__.inference.Cache, t: int, texts: Tensor) -> int:
  for i in range(len(own.k)):
    shape = [t, own.k[i].size(0) // t, own.k[i].size(1), own.k[i].size(2)]
    torch._set_item(own.k, i, torch.index_select(own.k[i].view(shape), 0, texts).flatten(0, 1))
    torch._set_item(own.v, i, torch.index_select(own.v[i].view(shape), 0, texts).flatten(0, 1))
  return texts.size(0)

# Hides from scores x [K, g, w, e] of new tokens at positions [w] what lies outside the window of each; keys [e - past] are the positions
# of the new ones among the keys, before which the past ones stand in order.
def hide(x: Tensor, positions: Tensor, keys: Tensor, window: int) -> Tensor:
  if window > 0:
    before = torch.arange(x.size(3) - keys.size(0), dtype=4)                           # [past]
    all = torch.cat([before, keys]).unsqueeze(0)                                       # [1, e]
    x.masked_fill_(torch.le(all, torch.sub(positions, window).unsqueeze(1)), -inf)
  return x

# One text, y [n, H + 2 K, D], turned; writes its keys and values behind the past ones and returns [n, H D]. mask [n, n] is added to
# the scores among the new tokens, of which none sees a later one: a block of w queries looks at no key behind its last.
def attention(y: Tensor, k: Tensor, v: Tensor, past: int, mask: Tensor, positions: Tensor, look: __torch__.attention.Look) -> Tensor:
  n = y.size(0)
  H = look.heads
  K = look.key_heads
  D = y.size(2)
  S = past + n
  k[:, past:S].copy_(y[:, H:H + K].transpose(0, 1))
  v[:, past:S].copy_(y[:, H + K:H + 2 * K].transpose(0, 1))
  step = __torch__.attention.block_length(n)
  room = torch.empty([H * min(step, n) * S], dtype=y.dtype)
  o = torch.empty([1, n, H, D], dtype=y.dtype)
  a = 0
  while a < n:
    z = min(a + step, n)
    e = past + z
    q = __torch__.attention.queries(y[a:z, 0:H].unsqueeze(0), K)                       # [K, g w, D]
    x = __torch__.attention.scores(q, __torch__.attention.rows(k, 0, e), look, room)   # [K, g w, e]
    seen = x.view([K, H // K, z - a, e])
    seen[:, :, :, past:e].add_(mask[a:z, 0:z])
    __torch__.inference.hide(seen, positions[a:z], positions[0:z], look.window)
    p = __torch__.attention.probabilities(x, q.dtype)
    pv = torch.bmm(p, __torch__.attention.rows(v, 0, e))                               # [K, g w, D]
    __torch__.attention.put_queries(pv, o[:, a:z], K)
    a = z
  return o.view([n, H * D])

# The texts one after the other, each in the place behind the past that the one before it had; one mask [n_i, n_i] a text.
def attention_each(y: Tensor, k: Tensor, v: Tensor, past: int, masks: List[Tensor], positions: Tensor, look: __torch__.attention.Look) -> Tensor:
  o = torch.empty([y.size(0), look.heads * y.size(2)], dtype=y.dtype)                  # [n, H D]
  begin = 0
  for i in range(len(masks)):
    end = begin + masks[i].size(0)
    o[begin:end].copy_(__torch__.inference.attention(y[begin:end], k, v, past, masks[i], positions[begin:end], look))
    begin = end
  return o

# Which of S keys, the shared ones and then a text's own, of which key i stands at position i, new tokens at positions [t] do not see: [t, S].
def hidden(positions: Tensor, S: int, window: int) -> Tensor:
  at = positions.unsqueeze(1)                                                          # [t, 1]
  keys = torch.arange(S, dtype=4).unsqueeze(0)                                         # [1, S]
  x = torch.gt(keys, at)                                                               # [t, S]
  if window > 0:
    x = torch.logical_or(x, torch.le(keys, torch.sub(at, window)))
  return x

# Where the tokens at positions [t] stand in the own keys of t texts when those are [t K R, D]: [t K].
def own_rows(positions: Tensor, past: int, K: int, R: int) -> Tensor:
  t = positions.size(0)
  first = torch.mul(torch.arange(t * K, dtype=4), R).view([t, K])
  return torch.add(first, torch.sub(positions, past).unsqueeze(1)).flatten()           # [t K]

# One new token of each of t texts, y [t, H + 2 K, D], turned; writes its keys and values to rows [t K] of the text's own and returns
# [t, H D]. k, v [K, capacity, D] are the shared ones; no text is longer than S, its new token and the past included.
def attention_beside(y: Tensor, k: Tensor, v: Tensor, past: int, own_k: Tensor, own_v: Tensor, rows: Tensor, S: int, positions: Tensor, look: __torch__.attention.Look) -> Tensor:
  t = y.size(0)
  D = y.size(2)
  H = look.heads
  K = look.key_heads
  g = H // K
  own_k.view([rows.size(0) * own_k.size(1), D]).index_copy_(0, rows, y[:, H:H + K].reshape([t * K, D]))
  own_v.view([rows.size(0) * own_v.size(1), D]).index_copy_(0, rows, y[:, H + K:H + 2 * K].reshape([t * K, D]))
  # In 16 bits a product copies what is a part of another tensor, and only that part: the hidden rest costs less.
  n = own_k.size(1)
  if y.dtype == 6:
    n = S - past
  q = __torch__.attention.queries(y[:, 0:H].unsqueeze(0), K)                           # [K, g t, D]
  x = __torch__.attention.scores(q, k[:, 0:past], look, torch.empty([H * t * past], dtype=y.dtype))  # [K, g t, past]
  shared = x.view([K, g, t, past]).permute([2, 0, 1, 3])                               # [t, K, g, past]
  q = __torch__.attention.queries(y[:, 0:H].unsqueeze(1), K)                           # [t K, g, D]
  x = __torch__.attention.scores(q, own_k[:, 0:n], look, torch.empty([H * t * n], dtype=y.dtype))  # [t K, g, n]
  x = torch.cat([shared, x.view([t, K, g, n])], 3)                                     # [t, K, g, past + n]
  x.masked_fill_(__torch__.inference.hidden(positions, past + n, look.window).view([t, 1, 1, past + n]), -inf)
  p = __torch__.attention.probabilities(x, y.dtype)
  shared = p[:, :, :, 0:past].permute([1, 2, 0, 3]).reshape([K, g * t, past])
  o = torch.bmm(shared, v[:, 0:past]).view([K, g, t, D]).permute([2, 0, 1, 3])         # [t, K, g, D]
  own = torch.bmm(p[:, :, :, past:past + n].reshape([t * K, g, n]), own_v[:, 0:n])     # [t K, g, D]
  return torch.add(o, own.view([t, K, g, D])).reshape([t, H * D])

# Queries, keys and values of a layer whose input is h [n, C], turned: [n, H + 2 K, D].
def turned(h: Tensor, layer: __torch__.layer.Layer, shape: __torch__.layer.Shape, place: __torch__.layer.Place) -> Tensor:
  n = h.size(0)
  H = shape.heads
  K = shape.key_heads
  wide = __torch__.rms_norm.room(h)
  x = __torch__.rms_norm.forward(h, __torch__.rms_norm.factor(h, shape.eps, wide), layer.attention_norm, torch.empty_like(h), wide)
  qkv = torch.empty([n, layer.qkv.weight.size(0)], dtype=h.dtype)
  __torch__.linear.forward(x, layer.qkv, -1, qkv, __torch__.linear.low_room(x, layer.qkv))
  y = qkv.view([n, H + 2 * K, shape.head_width])
  __torch__.layer.norm_heads(y, layer, shape, torch.empty([n, H + K, shape.head_width], dtype=h.dtype))
  __torch__.rotary.rotate(y[:, 0:H + K], place.cos[layer.rotary], place.sin[layer.rotary], 1.0)
  return __torch__.prefix_tuning.put(y, place.positions, layer.trained_prefix)

# The output [n, C] of a layer whose input is h [n, C], after attention has made o [n, H D].
def joined(h: Tensor, o: Tensor, layer: __torch__.layer.Layer, shape: __torch__.layer.Shape) -> Tensor:
  h2 = torch.empty_like(h)
  plain = torch.empty_like(h)
  __torch__.layer.join(h, o, layer.out, layer.out_norm, shape.eps, -1, plain, h2, __torch__.linear.low_room(o, layer.out))
  wide = __torch__.rms_norm.room(h)
  x = __torch__.rms_norm.forward(h2, __torch__.rms_norm.factor(h2, shape.eps, wide), layer.feed_forward_norm, torch.empty_like(h), wide)
  gu = torch.empty([h.size(0), layer.gate_up.weight.size(0)], dtype=h.dtype)           # [n, 2 F]
  __torch__.linear.forward(x, layer.gate_up, -1, gu, __torch__.linear.low_room(x, layer.gate_up))
  m = torch.empty([h.size(0), gu.size(1) // 2], dtype=h.dtype)                         # [n, F]
  __torch__.feed_forward.gate(gu, shape.gelu, m, m)
  h3 = torch.empty_like(h)
  __torch__.layer.join(h2, m, layer.down, layer.down_norm, shape.eps, -1, plain, h3, __torch__.linear.low_room(m, layer.down))
  return h3

# The new tokens' hidden states after the last norm, [n, C]. Own, which may be empty, takes their keys and values, from a text on.
def extend(ids: Tensor, past: int, masks: List[Tensor], place: __torch__.layer.Place, decoder: __torch__.decoder.Decoder, layers: List[__torch__.layer.Layer], cache: __torch__.inference.Cache, own: __torch__.inference.Cache, text: int) -> Tensor:
  h = __torch__.decoder.embed(ids, decoder)                                            # [n, C]
  seen = annotate(List[Tensor], [])
  for i in range(len(masks)):
    torch.append(seen, torch.to(masks[i], h.dtype))                                    # 0 and -inf are exact in any dtype
  for i in range(len(layers)):
    y = __torch__.inference.turned(h, layers[i], decoder.shape, place)                 # [n, H + 2 K, D]
    if len(own.k) > 0:
      __torch__.inference.keep_each_apart(y, masks, own.k[i], own.v[i], text, layers[i].look)
    o = __torch__.inference.attention_each(y, cache.k[i], cache.v[i], past, seen, place.positions, layers[i].look)  # [n, H D]
    h = __torch__.inference.joined(h, o, layers[i], decoder.shape)
  return __torch__.decoder.last_norm(h, decoder)

# The same of one new token of each of t texts, of which none is longer than S.
def extend_beside(ids: Tensor, past: int, own: __torch__.inference.Cache, S: int, place: __torch__.layer.Place, decoder: __torch__.decoder.Decoder, layers: List[__torch__.layer.Layer], cache: __torch__.inference.Cache) -> Tensor:
  h = __torch__.decoder.embed(ids, decoder)                                            # [t, C]
  rows = __torch__.inference.own_rows(place.positions, past, decoder.shape.key_heads, own.k[0].size(1))  # [t K]
  for i in range(len(layers)):
    y = __torch__.inference.turned(h, layers[i], decoder.shape, place)                 # [t, H + 2 K, D]
    o = __torch__.inference.attention_beside(y, cache.k[i], cache.v[i], past, own.k[i], own.v[i], rows, S, place.positions, layers[i].look)  # [t, H D]
    h = __torch__.inference.joined(h, o, layers[i], decoder.shape)
  return __torch__.decoder.last_norm(h, decoder)

# Logits of hidden states x [n, C]: [n, V] float32.
def logits(x: Tensor, decoder: __torch__.decoder.Decoder) -> Tensor:
  z = torch.to(torch.mm(x, decoder.head.t()), 6)
  if decoder.logit_cap > 0.0:
    __torch__.head.capped(z, decoder.logit_cap)
  return z

# Room for so many rows of logits: [rows, V] float32. Where each pass took its own, of another size, the allocator kept several.
def logit_room(decoder: __torch__.decoder.Decoder, rows: int) -> Tensor:
  return torch.empty([rows, decoder.head.size(0)], dtype=6)

# log p(targets[j] | x[rows[of[j]]]) for q targets after m of the tokens whose hidden states are x [n, C]: [q] float32.
def log_likelihood(x: Tensor, rows: Tensor, of: Tensor, targets: Tensor, decoder: __torch__.decoder.Decoder, room: Tensor) -> Tensor:
  h = torch.index_select(x, 0, rows)                                                   # [m, C]
  z = room[0:h.size(0)]                                                                # [m, V]
  if h.dtype == 6:
    torch.mm(h, decoder.head.t(), out=z)
  else:
    z.copy_(torch.mm(h, decoder.head.t()))
  if decoder.logit_cap > 0.0:
    __torch__.head.capped(z, decoder.logit_cap)
  hit = torch.take(z, torch.add(torch.mul(of, z.size(1)), targets))                    # [q]
  top = torch.amax(z, [1], True)                                                       # [m, 1]
  mass = torch.sum(z.sub_(top).exp_(), [1])                                            # [m]
  return torch.sub(hit, torch.index_select(torch.add(torch.log(mass), top.squeeze(1)), 0, of))
