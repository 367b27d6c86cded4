# A decoder of L layers: embedding, layers, norm, head. Everything that lives longer than a call is made here once and handed back
# at each call.

class Decoder(NamedTuple):
  embedding : Tensor                           # [V, C]
  norm : Tensor                                # [C]
  head : Tensor                                # [V, C], the embedding itself where tied
  shape : __torch__.layer.Shape
  embedding_scale : float                      # of the stream that enters the first layer
  logit_cap : float                            # c of the head, 0 for none

class Workspace(NamedTuple):
  slots : List[__torch__.layer.Slot]
  scratch : __torch__.layer.Scratch
  logits : Tensor                              # [chunk, V]
  wide : Tensor                                # [chunk, V] float32
  level : int                                  # 0 keep all, 1 compute the feed-forward again, 2 compute the whole layer again

# One linear layer with its adapters as views of the flat vectors, from offset on: A factors first, then the B factors.
# plan holds, for each adapted part, its first output and its outputs.
def linear(weight: Tensor, bias: Tensor, flat: Tensor, grad: Tensor, offset: int, rank: int, plan: List[int], scale: float, dropout: float) -> __torch__.linear.Linear:
  inputs = weight.size(1)
  parts = len(plan) // 2
  at = offset + parts * rank * inputs
  a = flat[offset:at].view([parts * rank, inputs])
  grad_a = grad[offset:at].view([parts * rank, inputs])
  b = annotate(List[Tensor], [])
  grad_b = annotate(List[Tensor], [])
  first = annotate(List[int], [])
  for j in range(parts):
    outputs = plan[2 * j + 1]
    torch.append(first, plan[2 * j])
    torch.append(b, flat[at:at + outputs * rank].view([outputs, rank]))
    torch.append(grad_b, grad[at:at + outputs * rank].view([outputs, rank]))
    at = at + outputs * rank
  return __torch__.linear.Linear(weight, bias, a, b, first, grad_a, grad_b, scale, dropout)

def linear_size(weight: Tensor, rank: int, plan: List[int]) -> int:
  size = (len(plan) // 2) * rank * weight.size(1)
  for j in range(len(plan) // 2):
    size = size + plan[2 * j + 1] * rank
  return size

# weights: for each layer attention norm, qkv, its bias, query norm, key norm, out, its bias, norm of out, feed-forward norm, gate and
# up, its bias, down, its bias, norm of down. plans: the adapted parts of qkv, out, gate and up, down.
# windows, rotaries: one for each layer.
def layers(weights: List[Tensor], decoder: __torch__.decoder.Decoder, query_scale: float, score_cap: float, windows: List[int], rotaries: List[int], flat: Tensor, grad: Tensor, rank: int, plans: List[List[int]], scale: float, dropout: float) -> List[__torch__.layer.Layer]:
  made = annotate(List[__torch__.layer.Layer], [])
  at = 0
  for i in range(len(windows)):
    w = weights[14 * i:14 * i + 14]
    qkv = __torch__.decoder.linear(w[1], w[2], flat, grad, at, rank, plans[0], scale, dropout)
    at = at + __torch__.decoder.linear_size(w[1], rank, plans[0])
    out = __torch__.decoder.linear(w[5], w[6], flat, grad, at, rank, plans[1], scale, dropout)
    at = at + __torch__.decoder.linear_size(w[5], rank, plans[1])
    gate_up = __torch__.decoder.linear(w[9], w[10], flat, grad, at, rank, plans[2], scale, dropout)
    at = at + __torch__.decoder.linear_size(w[9], rank, plans[2])
    down = __torch__.decoder.linear(w[11], w[12], flat, grad, at, rank, plans[3], scale, dropout)
    at = at + __torch__.decoder.linear_size(w[11], rank, plans[3])
    look = __torch__.attention.Look(decoder.shape.heads, decoder.shape.key_heads, query_scale, score_cap, windows[i])
    torch.append(made, __torch__.layer.Layer(w[0], qkv, w[3], w[4], out, w[7], w[8], gate_up, down, w[13], look, rotaries[i]))
  return made

# Room for what a norm needs for its way back: nothing where the model has not that norm.
def room(norm: Tensor, N: int, columns: int, dtype: int) -> Tensor:
  if norm.numel() > 0:
    made = torch.empty([N, columns], dtype=dtype)
  else:
    made = torch.empty([0, columns], dtype=dtype)
  return made

# Room for N tokens in L layers.
def workspace(decoder: __torch__.decoder.Decoder, layer: __torch__.layer.Layer, L: int, N: int, chunk: int, level: int) -> __torch__.decoder.Workspace:
  d = decoder.embedding.dtype
  V, C = decoder.head.size()
  Y = layer.qkv.weight.size(0)
  O = layer.out.weight.size(1)
  F = layer.down.weight.size(1)
  D = decoder.shape.head_width
  heads = decoder.shape.heads + decoder.shape.key_heads
  slots = annotate(List[__torch__.layer.Slot], [])
  qkv = torch.empty([N, Y], dtype=d)
  plain = __torch__.decoder.room(layer.query_norm, N, heads * D, d).view([-1, heads, D])
  o = torch.empty([N, O], dtype=d)
  out = __torch__.decoder.room(layer.out_norm, N, C, d)
  h2 = torch.empty([N, C], dtype=d)
  gu = torch.empty([N, 2 * F], dtype=d)
  down = __torch__.decoder.room(layer.down_norm, N, C, d)
  for i in range(L):
    if level < 2:
      qkv = torch.empty_like(qkv)
      plain = torch.empty_like(plain)
      o = torch.empty_like(o)
      out = torch.empty_like(out)
      h2 = torch.empty_like(h2)
      down = torch.empty_like(down)
    if level < 1:
      gu = torch.empty([N, 2 * F], dtype=d)
    torch.append(slots, __torch__.layer.Slot(qkv, plain, o, out, h2, gu, down, torch.empty([N, C], dtype=d)))
  scratch = __torch__.layer.Scratch(torch.empty([N, C], dtype=d), torch.empty([N, C], dtype=d), torch.empty([N, O], dtype=d), torch.empty([N, F], dtype=d), torch.empty([N, F], dtype=d), torch.empty([N, 2 * F], dtype=d), torch.empty([N, Y], dtype=d), torch.empty([N, C], dtype=d))
  logits = torch.empty([chunk, V], dtype=d)
  wide = logits
  if d != 6:
    wide = torch.empty([chunk, V], dtype=6)
  return __torch__.decoder.Workspace(slots, scratch, logits, wide, level)

# The first N rows of everything.
def slot_rows(s: __torch__.layer.Slot, N: int) -> __torch__.layer.Slot:
  return __torch__.layer.Slot(s.qkv[0:N], s.heads[0:N], s.o[0:N], s.out[0:N], s.h2[0:N], s.gu[0:N], s.down[0:N], s.h3[0:N])

def scratch_rows(s: __torch__.layer.Scratch, N: int) -> __torch__.layer.Scratch:
  return __torch__.layer.Scratch(s.x[0:N], s.dx[0:N], s.do[0:N], s.m[0:N], s.dm[0:N], s.dgu[0:N], s.dqkv[0:N], s.dh[0:N])

# What enters the first layer: [N, C].
def embed(ids: Tensor, decoder: __torch__.decoder.Decoder) -> Tensor:
  h = torch.embedding(decoder.embedding, ids)
  if decoder.embedding_scale != 1.0:
    h.mul_(decoder.embedding_scale)
  return h

# Summed loss [1] float64 of the rows [M] whose targets [M] count; nothing is kept.
def loss(ids: Tensor, rows: Tensor, targets: Tensor, decoder: __torch__.decoder.Decoder, layers: List[__torch__.layer.Layer], place: __torch__.layer.Place, space: __torch__.decoder.Workspace) -> Tensor:
  N = ids.size(0)
  scratch = __torch__.decoder.scratch_rows(space.scratch, N)
  h = __torch__.decoder.embed(ids, decoder)                                            # [N, C]
  for i in range(len(layers)):
    slot = __torch__.decoder.slot_rows(space.slots[i % 2], N)
    h = __torch__.layer.forward(h, layers[i], decoder.shape, place, slot, scratch).slot.h3
  last = torch.index_select(h, 0, rows)                                                # [M, C]
  r = __torch__.rms_norm.factor(last, decoder.shape.eps)
  x = __torch__.rms_norm.forward(last, r, decoder.norm, torch.empty_like(last))
  return __torch__.head.loss(x, targets, decoder.head, decoder.logit_cap, 1.0, False, space.logits, space.wide, x)

# The same with the gradient of scale * loss added to the adapters' gradients.
def accumulate(ids: Tensor, rows: Tensor, targets: Tensor, scale: float, decoder: __torch__.decoder.Decoder, layers: List[__torch__.layer.Layer], place: __torch__.layer.Place, space: __torch__.decoder.Workspace) -> Tensor:
  N = ids.size(0)
  L = len(layers)
  scratch = __torch__.decoder.scratch_rows(space.scratch, N)
  h = __torch__.decoder.embed(ids, decoder)                                            # [N, C]
  traces = annotate(List[__torch__.layer.Trace], [])
  for i in range(L):
    trace = __torch__.layer.forward(h, layers[i], decoder.shape, __torch__.decoder.at_layer(place, i, L), __torch__.decoder.slot_rows(space.slots[i], N), scratch)
    torch.append(traces, trace)
    h = trace.slot.h3
  last = torch.index_select(h, 0, rows)                                                # [M, C]
  r = __torch__.rms_norm.factor(last, decoder.shape.eps)
  x = __torch__.rms_norm.forward(last, r, decoder.norm, torch.empty_like(last))
  dx = torch.empty_like(x)
  total = __torch__.head.loss(x, targets, decoder.head, decoder.logit_cap, scale, True, space.logits, space.wide, dx)
  dlast = __torch__.rms_norm.backward(dx, last, r, decoder.norm, torch.zeros_like(last), x)
  dh = scratch.dh.zero_()                                                              # [N, C]
  dh.index_copy_(0, rows, dlast)
  for j in range(L):
    i = L - 1 - j
    here = __torch__.decoder.at_layer(place, i, L)
    trace = traces[i]                                                                  # the last layer's is still whole
    if space.level == 2 and j > 0:
      trace = __torch__.layer.forward(trace.h, layers[i], decoder.shape, here, trace.slot, scratch)
    if space.level == 1 and j > 0:
      __torch__.layer.again_feed_forward(trace, layers[i], here, scratch)
    __torch__.layer.backward(dh, trace, layers[i], decoder.shape, here, scratch, i == 0)
  return total

# Every layer drops other inputs.
def at_layer(place: __torch__.layer.Place, i: int, L: int) -> __torch__.layer.Place:
  seed = place.seed
  if seed >= 0:
    seed = seed * L + i
  return __torch__.layer.Place(place.positions, place.cos, place.sin, place.groups, seed)
