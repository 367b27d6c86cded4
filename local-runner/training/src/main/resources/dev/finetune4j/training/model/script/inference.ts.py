# Speaking and scoring with a cache of keys and values: n new tokens of one text or of several texts with the same past look at the
# past tokens in the cache and at those of their own text that its mask allows. S = past + tokens of a text.

# k, v: for each layer [K, capacity, D].
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

# Hides from scores x [K, g, n, S] what lies outside the window of each new token at positions [n]; the past keys stand in order.
def hide(x: Tensor, positions: Tensor, window: int) -> Tensor:
  if window > 0:
    n = positions.size(0)
    before = torch.arange(x.size(3) - n, dtype=4)                                      # [past]
    keys = torch.cat([before, positions]).unsqueeze(0)                                 # [1, S]
    x.masked_fill_(torch.le(keys, torch.sub(positions, window).unsqueeze(1)), -inf)
  return x

# One text, y [n, H + 2 K, D], turned; writes its keys and values behind the past ones and returns [n, H D]. mask [n, n] is added to
# the scores among the new tokens.
def attention(y: Tensor, k: Tensor, v: Tensor, past: int, mask: Tensor, positions: Tensor, look: __torch__.attention.Look) -> Tensor:
  n = y.size(0)
  H = look.heads
  K = look.key_heads
  D = y.size(2)
  S = past + n
  k[:, past:S].copy_(y[:, H:H + K].transpose(0, 1))
  v[:, past:S].copy_(y[:, H + K:H + 2 * K].transpose(0, 1))
  q = __torch__.attention.queries(y[:, 0:H].unsqueeze(0), K)                           # [K, g n, D]
  room = torch.empty([H * n * S], dtype=q.dtype)
  x = __torch__.attention.scores(q, k[:, 0:S], look, room)                             # [K, g n, S]
  seen = x.view([K, H // K, n, S])
  seen[:, :, :, past:S].add_(mask)
  __torch__.inference.hide(seen, positions, look.window)
  p = __torch__.attention.probabilities(x, q.dtype)
  o = torch.empty([1, n, H, D], dtype=q.dtype)
  return __torch__.attention.put_queries(torch.bmm(p, v[:, 0:S]), o, K).view([n, H * D])

# The texts one after the other, each in the place behind the past that the one before it had; one mask [n_i, n_i] a text.
def attention_each(y: Tensor, k: Tensor, v: Tensor, past: int, masks: List[Tensor], positions: Tensor, look: __torch__.attention.Look) -> Tensor:
  o = torch.empty([y.size(0), look.heads * y.size(2)], dtype=y.dtype)                  # [n, H D]
  begin = 0
  for i in range(len(masks)):
    end = begin + masks[i].size(0)
    o[begin:end].copy_(__torch__.inference.attention(y[begin:end], k, v, past, masks[i], positions[begin:end], look))
    begin = end
  return o

def layer(h: Tensor, layer: __torch__.layer.Layer, shape: __torch__.layer.Shape, k: Tensor, v: Tensor, past: int, masks: List[Tensor], place: __torch__.layer.Place) -> Tensor:
  n = h.size(0)
  d = h.dtype
  H = shape.heads
  K = shape.key_heads
  wide = __torch__.rms_norm.room(h)
  x = __torch__.rms_norm.forward(h, __torch__.rms_norm.factor(h, shape.eps, wide), layer.attention_norm, torch.empty_like(h), wide)
  qkv = torch.empty([n, layer.qkv.weight.size(0)], dtype=d)
  __torch__.linear.forward(x, layer.qkv, -1, qkv)
  y = qkv.view([n, H + 2 * K, shape.head_width])
  __torch__.layer.norm_heads(y, layer, shape, torch.empty([n, H + K, shape.head_width], dtype=d))
  __torch__.rotary.rotate(y[:, 0:H + K], place.cos[layer.rotary], place.sin[layer.rotary], 1.0)
  o = __torch__.inference.attention_each(y, k, v, past, masks, place.positions, layer.look)  # [n, H D]
  h2 = torch.empty_like(h)
  plain = torch.empty_like(h)
  __torch__.layer.join(h, o, layer.out, layer.out_norm, shape.eps, -1, plain, h2)
  x = __torch__.rms_norm.forward(h2, __torch__.rms_norm.factor(h2, shape.eps, wide), layer.feed_forward_norm, x, wide)
  gu = torch.empty([n, layer.gate_up.weight.size(0)], dtype=d)
  __torch__.linear.forward(x, layer.gate_up, -1, gu)
  m = torch.empty([n, gu.size(1) // 2], dtype=d)                                       # [n, F]
  __torch__.feed_forward.gate(gu, shape.gelu, m, m)
  h3 = torch.empty_like(h)
  __torch__.layer.join(h2, m, layer.down, layer.down_norm, shape.eps, -1, plain, h3)
  return h3

# The new tokens' hidden states after the last norm, [n, C].
def extend(ids: Tensor, past: int, masks: List[Tensor], place: __torch__.layer.Place, decoder: __torch__.decoder.Decoder, layers: List[__torch__.layer.Layer], cache: __torch__.inference.Cache) -> Tensor:
  h = __torch__.decoder.embed(ids, decoder)                                            # [n, C]
  for i in range(len(layers)):
    h = __torch__.inference.layer(h, layers[i], decoder.shape, cache.k[i], cache.v[i], past, masks, place)
  return __torch__.decoder.last_norm(h, decoder)

# Logits of hidden states x [n, C]: [n, V] float32.
def logits(x: Tensor, decoder: __torch__.decoder.Decoder) -> Tensor:
  z = torch.to(torch.mm(x, decoder.head.t()), 6)
  if decoder.logit_cap > 0.0:
    __torch__.head.capped(z, decoder.logit_cap)
  return z

# log p(targets[j] | x[rows[of[j]]]) for q targets after m of the tokens whose hidden states are x [n, C]: [q] float32.
def log_likelihood(x: Tensor, rows: Tensor, of: Tensor, targets: Tensor, decoder: __torch__.decoder.Decoder) -> Tensor:
  z = __torch__.inference.logits(torch.index_select(x, 0, rows), decoder)              # [m, V]
  hit = torch.take(z, torch.add(torch.mul(of, z.size(1)), targets))                    # [q]
  top = torch.amax(z, [1], True)                                                       # [m, 1]
  mass = torch.sum(z.sub_(top).exp_(), [1])                                            # [m]
  return torch.sub(hit, torch.index_select(torch.add(torch.log(mass), top.squeeze(1)), 0, of))
