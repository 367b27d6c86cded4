# An encoder of L layers with a classification head: the sum of three embeddings, normed; layers; the head on each sequence's first
# token. No other row of the last layer is read, so that layer computes its attention for all rows and what follows for those alone.
# Everything that lives longer than a call is made here once and handed back at each call.

# What the embeddings learn, float32 and in their shapes; [0] for each that is frozen.
class Gradient(NamedTuple):
  words : Tensor
  positions : Tensor
  types : Tensor

class Encoder(NamedTuple):
  words : Tensor                               # [V, C]
  positions : Tensor                           # [P, C]
  types : Tensor                               # [Y, C], of which all tokens are type 0; [0] where the model has none
  norm : __torch__.layer_norm.Norm
  head : __torch__.classifier.Head
  grad : __torch__.encoder.Gradient
  depth : int                                  # how far down is learned: 0 the head, 1 the layers too, 2 the embeddings too

# A micro-batch of S sequences and N tokens.
class Batch(NamedTuple):
  ids : Tensor                                 # [N]
  positions : Tensor                           # [N] rows of the position embedding
  groups : List[int]                           # pairs (sequences, tokens of each)
  first : Tensor                               # [S] where each sequence begins
  seed : int                                   # of dropout, negative for none

class Workspace(NamedTuple):
  slots : List[__torch__.encoder_layer.Slot]
  scratch : __torch__.encoder_layer.Scratch
  level : int                                  # 0 keep all, 1 compute the feed-forward again, 2 compute the whole layer again

# What a forward pass leaves for the way back.
class Pass(NamedTuple):
  sum : Tensor                                 # [N, C] of the embeddings
  normed : __torch__.layer_norm.Normed
  inputs : List[Tensor]                        # of each layer [N, C]
  traces : List[__torch__.encoder_layer.Trace]
  first : Tensor                               # [S, C] what the head reads

# weights, grads: for each layer qkv, its bias, out, its bias, norm of out and its bias, inner, its bias, outer, its bias, norm of outer
# and its bias. plans and scales: for each layer the adapted parts of qkv, out, inner, outer, which lie in flat and grad from their
# start on.
def layers(weights: List[Tensor], grads: List[Tensor], heads: int, activation: int, eps: float, flat: Tensor, grad: Tensor, plans: List[List[int]], scales: List[List[float]], dropout: float) -> List[__torch__.encoder_layer.Layer]:
  made = annotate(List[__torch__.encoder_layer.Layer], [])
  at = 0
  for i in range(len(weights) // 12):
    w = weights[12 * i:12 * i + 12]
    g = grads[12 * i:12 * i + 12]
    linears = annotate(List[__torch__.linear.Linear], [])
    places = [0, 2, 6, 8]
    for j in range(4):
      k = places[j]
      plan = plans[4 * i + j]
      torch.append(linears, __torch__.decoder.linear(w[k], w[k + 1], flat, grad, at, plan, scales[4 * i + j], dropout))
      at = at + __torch__.decoder.linear_size(w[k], plan)
    out_norm = __torch__.layer_norm.Norm(w[4], w[5], g[4], g[5], eps)
    outer_norm = __torch__.layer_norm.Norm(w[10], w[11], g[10], g[11], eps)
    gradient = __torch__.encoder_layer.Gradient(g[0], g[1], g[2], g[3], g[6], g[7], g[8], g[9])
    D = w[2].size(0) // heads
    look = __torch__.attention.Look(heads, heads, 1.0 / float(D) ** 0.5, 0.0, 0, False)
    torch.append(made, __torch__.encoder_layer.Layer(linears[0], linears[1], out_norm, linears[2], linears[3], outer_norm, gradient, look, activation))
  return made

# Room for N tokens in L layers.
def workspace(layer: __torch__.encoder_layer.Layer, L: int, N: int, level: int) -> __torch__.encoder.Workspace:
  d = layer.inner.weight.dtype
  F, C = layer.inner.weight.size()
  slots = annotate(List[__torch__.encoder_layer.Slot], [])
  qkv = torch.empty([N, 3 * C], dtype=d)
  o = torch.empty([N, C], dtype=d)
  s1 = torch.empty([N, C], dtype=d)
  u = torch.empty([N, F], dtype=d)
  s2 = torch.empty([N, C], dtype=d)
  for i in range(L):
    if level < 2:
      qkv = torch.empty_like(qkv)
      o = torch.empty_like(o)
      s1 = torch.empty_like(s1)
      s2 = torch.empty_like(s2)
    if level < 1:
      u = torch.empty_like(u)
    torch.append(slots, __torch__.encoder_layer.Slot(qkv, o, s1, u, s2))
  scratch = __torch__.encoder_layer.Scratch(torch.empty([N, F], dtype=d), torch.empty([N, F], dtype=d), torch.empty([N, 3 * C], dtype=d), torch.empty([N, C], dtype=d), torch.empty([N, C], dtype=d))
  return __torch__.encoder.Workspace(slots, scratch, level)

# The first N rows of what attention needs, and the first M of what follows it.
def slot_rows(s: __torch__.encoder_layer.Slot, N: int, M: int) -> __torch__.encoder_layer.Slot:
  return __torch__.encoder_layer.Slot(s.qkv[0:N], s.o[0:N], s.s1[0:M], s.u[0:M], s.s2[0:M])

def embed(batch: __torch__.encoder.Batch, encoder: __torch__.encoder.Encoder) -> Tensor:
  h = torch.embedding(encoder.words, batch.ids)                                        # [N, C]
  if encoder.types.numel() > 0:
    h.add_(encoder.types[0])
  return h.add_(torch.embedding(encoder.positions, batch.positions))

# Every layer drops other inputs.
def layer_seed(seed: int, i: int, L: int) -> int:
  own = -1
  if seed >= 0:
    own = seed * L + i
  return own

# One layer; the last only of the rows that the head reads.
def layer(x: Tensor, i: int, layers: List[__torch__.encoder_layer.Layer], batch: __torch__.encoder.Batch, space: __torch__.encoder.Workspace) -> __torch__.encoder_layer.Trace:
  N = x.size(0)
  L = len(layers)
  M = N
  if i == L - 1:
    M = batch.first.size(0)
  seed = __torch__.encoder.layer_seed(batch.seed, i, L)
  slot = __torch__.encoder.slot_rows(space.slots[i], N, M)
  low = __torch__.encoder_layer.attend(x, layers[i], batch.groups, seed, slot)
  o = slot.o
  if i == L - 1:
    x = torch.index_select(x, 0, batch.first)                                          # [S, C]
    o = torch.index_select(o, 0, batch.first)                                          # [S, C]
  return __torch__.encoder_layer.close(x, o, low, layers[i], seed, slot, space.scratch.g[0:M])

# What is left of a layer that is computed again.
def thin(trace: __torch__.encoder_layer.Trace) -> __torch__.encoder_layer.Trace:
  e = torch.empty([0], dtype=6)
  none = __torch__.layer_norm.Normed(e, e, e)
  return __torch__.encoder_layer.Trace(e, e, none, none, e, e, e, e, trace.slot)

def forward(batch: __torch__.encoder.Batch, encoder: __torch__.encoder.Encoder, layers: List[__torch__.encoder_layer.Layer], space: __torch__.encoder.Workspace, keep: bool) -> __torch__.encoder.Pass:
  L = len(layers)
  sum = __torch__.encoder.embed(batch, encoder)
  normed = __torch__.layer_norm.forward(sum, encoder.norm)
  inputs = annotate(List[Tensor], [])
  traces = annotate(List[__torch__.encoder_layer.Trace], [])
  h = normed.x                                                                         # [N, C]
  for i in range(L):
    trace = __torch__.encoder.layer(h, i, layers, batch, space)
    if keep:
      torch.append(inputs, h)
      if space.level == 2 and i < L - 1:
        torch.append(traces, __torch__.encoder.thin(trace))
      else:
        torch.append(traces, trace)
    h = trace.h2.x
  return __torch__.encoder.Pass(sum, normed, inputs, traces, torch.to(h, 6))

# [S, K] float32
def logits(batch: __torch__.encoder.Batch, encoder: __torch__.encoder.Encoder, layers: List[__torch__.encoder_layer.Layer], space: __torch__.encoder.Workspace) -> Tensor:
  x = __torch__.encoder.forward(batch, encoder, layers, space, False).first            # [S, C]
  return __torch__.classifier.logits(__torch__.classifier.inner(x, encoder.head), encoder.head)

# Summed loss [1] float64 of the sequences' labels, targets [S], with the gradient of scale * loss added to what is learned.
def accumulate(batch: __torch__.encoder.Batch, targets: Tensor, scale: float, encoder: __torch__.encoder.Encoder, layers: List[__torch__.encoder_layer.Layer], space: __torch__.encoder.Workspace) -> Tensor:
  there = __torch__.encoder.forward(batch, encoder, layers, space, encoder.depth > 0)
  a = __torch__.classifier.inner(there.first, encoder.head)                            # [S, C]
  z = __torch__.classifier.logits(a, encoder.head)                                     # [S, K]
  dx = __torch__.classifier.backward(there.first, a, z, targets, scale, encoder.head)  # [S, C]
  if encoder.depth > 0:
    dh = __torch__.encoder.backward(torch.to(dx, encoder.words.dtype), there, batch, encoder, layers, space)
    if encoder.depth > 1:
      __torch__.encoder.embed_backward(dh, there, batch, encoder)
  return __torch__.classifier.loss(z, targets)

# From dh [S, C], the gradient of what the head reads, to that of the first layer's input [N, C].
def backward(dh: Tensor, there: __torch__.encoder.Pass, batch: __torch__.encoder.Batch, encoder: __torch__.encoder.Encoder, layers: List[__torch__.encoder_layer.Layer], space: __torch__.encoder.Workspace) -> Tensor:
  N = batch.ids.size(0)
  L = len(layers)
  s = space.scratch
  for j in range(L):
    i = L - 1 - j
    seed = __torch__.encoder.layer_seed(batch.seed, i, L)
    x = there.inputs[i]
    trace = there.traces[i]
    if j > 0 and space.level == 2:
      trace = __torch__.encoder.layer(x, i, layers, batch, space)
    if j > 0 and space.level == 1:
      __torch__.encoder_layer.widen(trace.h1.x, layers[i], seed, trace.slot.u, trace.inner_low)
    M = dh.size(0)
    dx = __torch__.encoder_layer.close_backward(dh, trace, layers[i], seed, s.g[0:M], s.dg[0:M], s.dh[0:M], s.do[0:M])
    do = s.do[0:N]                                                                     # [N, C]
    if j == 0:
      do = torch.zeros([N, x.size(1)], dtype=x.dtype).index_copy_(0, batch.first, s.do[0:M])
      dx = torch.zeros([N, x.size(1)], dtype=x.dtype).index_copy_(0, batch.first, dx)
    frozen = i == 0 and encoder.depth < 2
    dh = __torch__.encoder_layer.attend_backward(do, x, trace.qkv_low, layers[i], batch.groups, seed, trace.slot.qkv, frozen, s.dqkv[0:N], s.dh[0:N], dx)
  return dh

def embed_backward(dh: Tensor, there: __torch__.encoder.Pass, batch: __torch__.encoder.Batch, encoder: __torch__.encoder.Encoder) -> Tensor:
  d = torch.to(__torch__.layer_norm.backward(dh, there.sum, there.normed, encoder.norm), 6)  # [N, C]
  encoder.grad.words.index_add_(0, batch.ids, d)
  encoder.grad.positions.index_add_(0, batch.positions, d)
  if encoder.types.numel() > 0:
    encoder.grad.types[0].add_(torch.sum(d, [0]))
  return d
