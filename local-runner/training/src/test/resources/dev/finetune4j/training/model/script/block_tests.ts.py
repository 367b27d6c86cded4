# For each block: the textbook formula, which libtorch can differentiate, the block's forward, and its hand-written backward.

class M(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def rms_norm_plain(self: __torch__.M, h: Tensor, w: Tensor) -> Tensor:
    return torch.mul(torch.mul(h, torch.rsqrt(torch.add(torch.mean(torch.mul(h, h), [-1], True), 1e-5))), w)

  def rms_norm_forward(self: __torch__.M, h: Tensor, w: Tensor) -> Tensor:
    return __torch__.rms_norm.forward(h, __torch__.rms_norm.factor(h, 1e-5, h), w, torch.empty_like(h), h)

  def rms_norm_backward(self: __torch__.M, h: Tensor, w: Tensor, dx: Tensor) -> List[Tensor]:
    r = __torch__.rms_norm.factor(h, 1e-5, h)
    dw = __torch__.rms_norm.backward_weight(dx, h, r, torch.zeros_like(w), torch.empty_like(h), h)
    return [__torch__.rms_norm.backward(torch.clone(dx), h, r, w, torch.zeros_like(h), torch.empty_like(h), h), dw]

  def linear_plain(self: __torch__.M, x: Tensor, a: Tensor, b1: Tensor, b2: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    y = torch.add(torch.mm(x, weight.t()), bias)
    low = torch.mm(x, a.t())
    one = torch.mul(torch.mm(low[:, 0:3], b1.t()), 2.0)
    two = torch.mul(torch.mm(low[:, 3:6], b2.t()), 2.0)
    O1 = b1.size(0)
    O2 = b2.size(0)
    return torch.cat([torch.add(y[:, 0:O1], one), y[:, O1:y.size(1) - O2], torch.add(y[:, y.size(1) - O2:y.size(1)], two)], 1)

  def linear_layer(self: __torch__.M, a: Tensor, b1: Tensor, b2: Tensor, weight: Tensor, bias: Tensor) -> __torch__.linear.Linear:
    return __torch__.linear.Linear(weight, annotate(List[__torch__.packed.Part], []), bias, a, [b1, b2], [0, weight.size(0) - b2.size(0)], torch.zeros_like(a), [torch.zeros_like(b1), torch.zeros_like(b2)], [2.0, 2.0], 0.0, annotate(List[__torch__.magnitude.Magnitude], []))

  def linear_forward(self: __torch__.M, x: Tensor, a: Tensor, b1: Tensor, b2: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    y = torch.empty([x.size(0), weight.size(0)])
    layer = self.linear_layer(a, b1, b2, weight, bias)
    return __torch__.linear.forward(x, layer, -1, y, __torch__.linear.low_room(x, layer))

  def linear_backward(self: __torch__.M, x: Tensor, a: Tensor, b1: Tensor, b2: Tensor, weight: Tensor, bias: Tensor, dy: Tensor) -> List[Tensor]:
    layer = self.linear_layer(a, b1, b2, weight, bias)
    low = __torch__.linear.low_room(x, layer)
    __torch__.linear.forward(x, layer, -1, torch.empty_like(dy), low)
    dlow = __torch__.linear.backward_adapter(dy, x, low, layer, -1)
    dx = __torch__.linear.backward_input(dy, dlow, layer, -1, torch.empty_like(x))
    dW = torch.zeros_like(weight)
    db = torch.zeros_like(bias)
    __torch__.linear.backward_weight(dy, x, dW, db)
    return [dx, layer.grad_a, layer.grad_b[0], layer.grad_b[1], dW, db]

  # Lengths m [6] of the adapted rows, trained apart; norm [9] stands for the lengths of W + s B A, which are constants.
  def gain_of(self: __torch__.M, m: Tensor, norm: Tensor) -> Tensor:
    return torch.div(torch.cat([m[0:4], torch.ones([3]), m[4:6]]), torch.cat([norm[0:4], torch.ones([3]), norm[7:9]]))

  def update_of(self: __torch__.M, x: Tensor, a: Tensor, b1: Tensor, b2: Tensor) -> Tensor:
    low = torch.mm(x, a.t())
    one = torch.mm(low[:, 0:3], b1.t())
    two = torch.mm(low[:, 3:6], b2.t())
    return torch.mul(torch.cat([one, torch.zeros([x.size(0), 3]), two], 1), 2.0)

  def lengths_plain(self: __torch__.M, x: Tensor, a: Tensor, b1: Tensor, b2: Tensor, m: Tensor, weight: Tensor, bias: Tensor, some: Tensor) -> Tensor:
    norm = torch.add(torch.abs(some), 0.5)
    z = torch.add(torch.mm(x, weight.t()), self.update_of(x, a, b1, b2))
    return torch.add(torch.mul(z, self.gain_of(m, norm)), bias)

  def lengths_layer(self: __torch__.M, a: Tensor, b1: Tensor, b2: Tensor, m: Tensor, weight: Tensor, bias: Tensor, some: Tensor, dropout: float) -> __torch__.linear.Linear:
    norm = torch.add(torch.abs(some), 0.5)
    lengths = __torch__.magnitude.Magnitude(m, torch.zeros_like(m), norm, self.gain_of(m, norm))
    return __torch__.linear.Linear(weight, annotate(List[__torch__.packed.Part], []), bias, a, [b1, b2], [0, 7], torch.zeros_like(a), [torch.zeros_like(b1), torch.zeros_like(b2)], [2.0, 2.0], dropout, [lengths])

  def lengths_forward(self: __torch__.M, x: Tensor, a: Tensor, b1: Tensor, b2: Tensor, m: Tensor, weight: Tensor, bias: Tensor, some: Tensor) -> Tensor:
    y = torch.empty([x.size(0), weight.size(0)])
    layer = self.lengths_layer(a, b1, b2, m, weight, bias, some, 0.0)
    return __torch__.linear.forward(x, layer, -1, y, __torch__.linear.low_room(x, layer))

  def lengths_gradients(self: __torch__.M, x: Tensor, layer: __torch__.linear.Linear, seed: int, dy: Tensor) -> List[Tensor]:
    low = __torch__.linear.low_room(x, layer)
    __torch__.linear.forward(x, layer, seed, torch.empty_like(dy), low)
    dlow = __torch__.linear.backward_adapter(dy, x, low, layer, seed)
    dx = __torch__.linear.backward_input(dy, dlow, layer, seed, torch.empty_like(x))
    return [dx, layer.grad_a, layer.grad_b[0], layer.grad_b[1], layer.magnitude[0].grad]

  def lengths_backward(self: __torch__.M, x: Tensor, a: Tensor, b1: Tensor, b2: Tensor, m: Tensor, weight: Tensor, bias: Tensor, some: Tensor, dy: Tensor) -> List[Tensor]:
    return self.lengths_gradients(x, self.lengths_layer(a, b1, b2, m, weight, bias, some, 0.0), -1, dy)

  # The same with dropout, closing a residual branch.
  def dropped_lengths_plain(self: __torch__.M, x: Tensor, a: Tensor, b1: Tensor, b2: Tensor, m: Tensor, weight: Tensor, bias: Tensor, some: Tensor) -> Tensor:
    norm = torch.add(torch.abs(some), 0.5)
    xd = torch.mul(x, __torch__.dropout.mask(x, 0.4, 3))
    z = torch.add(torch.mm(xd, weight.t()), self.update_of(xd, a, b1, b2))
    stretched = torch.mul(z, self.gain_of(m, norm))
    return torch.add(torch.add(stretched, torch.mm(torch.sub(x, xd), weight.t())), bias)

  def dropped_lengths_forward(self: __torch__.M, x: Tensor, a: Tensor, b1: Tensor, b2: Tensor, m: Tensor, weight: Tensor, bias: Tensor, some: Tensor) -> Tensor:
    y = torch.empty([x.size(0), weight.size(0)])
    h = torch.ones_like(y)
    layer = self.lengths_layer(a, b1, b2, m, weight, bias, some, 0.4)
    __torch__.linear.forward_residual(h, x, layer, 3, y, __torch__.linear.low_room(x, layer))
    return y.sub_(h)

  def dropped_lengths_backward(self: __torch__.M, x: Tensor, a: Tensor, b1: Tensor, b2: Tensor, m: Tensor, weight: Tensor, bias: Tensor, some: Tensor, dy: Tensor) -> List[Tensor]:
    return self.lengths_gradients(x, self.lengths_layer(a, b1, b2, m, weight, bias, some, 0.4), 3, dy)

  def rotary_plain(self: __torch__.M, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = cos.size(-1)
    a = x[:, :, 0:half]
    b = x[:, :, half:2 * half]
    return torch.cat([torch.sub(torch.mul(a, cos), torch.mul(b, sin)), torch.add(torch.mul(b, cos), torch.mul(a, sin))], -1)

  def rotary_forward(self: __torch__.M, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    return __torch__.rotary.rotate(torch.clone(x), cos, sin, 1.0)

  def rotary_backward(self: __torch__.M, x: Tensor, cos: Tensor, sin: Tensor, dy: Tensor) -> List[Tensor]:
    return [__torch__.rotary.rotate(torch.clone(dy), cos, sin, -1.0)]

  # Two sequences of 5 tokens, then one of 140; 4 query heads, 2 key heads, D 6.
  def look_back(self: __torch__.M) -> __torch__.attention.Look:
    return __torch__.attention.Look(4, 2, 1.0 / 6.0 ** 0.5, 0.0, 0, True)

  # Not a number more than the blocks need.
  def room(self: __torch__.M, P: int, groups: List[int], look: __torch__.attention.Look) -> Tensor:
    return torch.empty([__torch__.attention.room_size(150, P, groups, look, 6)], dtype=6)

  def attention_one(self: __torch__.M, y: Tensor) -> Tensor:
    T = y.size(0)
    q = y[:, 0:4].transpose(0, 1)
    k = torch.repeat_interleave(y[:, 4:6], 2, 1).transpose(0, 1)
    v = torch.repeat_interleave(y[:, 6:8], 2, 1).transpose(0, 1)
    s = torch.div(torch.bmm(q, k.transpose(1, 2)), 6.0 ** 0.5)
    s = torch.add(s, torch.triu(torch.full([T, T], -inf, dtype=6), 1))
    return torch.bmm(torch.softmax(s, -1), v).transpose(0, 1)

  def attention_plain(self: __torch__.M, y: Tensor) -> Tensor:
    return torch.cat([self.attention_one(y[0:5]), self.attention_one(y[5:10]), self.attention_one(y[10:150])], 0)

  def attention_forward(self: __torch__.M, y: Tensor) -> Tensor:
    return __torch__.attention.forward_packed(y, 0, [2, 5, 1, 140], self.look_back(), torch.empty([150, 4, 6]), self.room(0, [2, 5, 1, 140], self.look_back()))

  def attention_backward(self: __torch__.M, y: Tensor, do: Tensor) -> List[Tensor]:
    return [__torch__.attention.backward_packed(torch.clone(do), y, 0, [2, 5, 1, 140], self.look_back(), torch.empty_like(y), self.room(0, [2, 5, 1, 140], self.look_back()), self.room(0, [2, 5, 1, 140], self.look_back()))]

  # A prefix of 30 tokens, behind it two sequences of 5 and one of 110.
  def behind_prefix_plain(self: __torch__.M, y: Tensor) -> Tensor:
    prefix = y[0:30]
    first = self.attention_one(torch.cat([prefix, y[30:35]], 0))
    second = self.attention_one(torch.cat([prefix, y[35:40]], 0))
    third = self.attention_one(torch.cat([prefix, y[40:150]], 0))
    return torch.cat([first, second[30:35], third[30:140]], 0)

  def behind_prefix_forward(self: __torch__.M, y: Tensor) -> Tensor:
    return __torch__.attention.forward_packed(y, 30, [2, 5, 1, 110], self.look_back(), torch.empty([150, 4, 6]), self.room(30, [2, 5, 1, 110], self.look_back()))

  def behind_prefix_backward(self: __torch__.M, y: Tensor, do: Tensor) -> List[Tensor]:
    return [__torch__.attention.backward_packed(torch.clone(do), y, 30, [2, 5, 1, 110], self.look_back(), torch.empty_like(y), self.room(30, [2, 5, 1, 110], self.look_back()), self.room(30, [2, 5, 1, 110], self.look_back()))]

  # The same with capped scores and a window of 20 tokens, which hides the most of a prefix of 100; behind it eight sequences of 5, of
  # which two are computed at once, and one of 10.
  def window_behind_prefix_plain(self: __torch__.M, y: Tensor) -> Tensor:
    prefix = y[0:100]
    made = [self.window_one(prefix)]
    for i in range(8):
      torch.append(made, self.window_one(torch.cat([prefix, y[100 + 5 * i:105 + 5 * i]], 0))[100:105])
    torch.append(made, self.window_one(torch.cat([prefix, y[140:150]], 0))[100:110])
    return torch.cat(made, 0)

  def window_behind_prefix_forward(self: __torch__.M, y: Tensor) -> Tensor:
    return __torch__.attention.forward_packed(y, 100, [8, 5, 1, 10], __torch__.attention.Look(4, 2, 0.3, 2.0, 20, True), torch.empty([150, 4, 6]), self.room(100, [8, 5, 1, 10], __torch__.attention.Look(4, 2, 0.3, 2.0, 20, True)))

  def window_behind_prefix_backward(self: __torch__.M, y: Tensor, do: Tensor) -> List[Tensor]:
    return [__torch__.attention.backward_packed(torch.clone(do), y, 100, [8, 5, 1, 10], __torch__.attention.Look(4, 2, 0.3, 2.0, 20, True), torch.empty_like(y), self.room(100, [8, 5, 1, 10], __torch__.attention.Look(4, 2, 0.3, 2.0, 20, True)), self.room(100, [8, 5, 1, 10], __torch__.attention.Look(4, 2, 0.3, 2.0, 20, True)))]

  # Without a prefix, with capped scores and a window of 20 tokens.
  def window_one(self: __torch__.M, y: Tensor) -> Tensor:
    T = y.size(0)
    q = y[:, 0:4].transpose(0, 1)
    k = torch.repeat_interleave(y[:, 4:6], 2, 1).transpose(0, 1)
    v = torch.repeat_interleave(y[:, 6:8], 2, 1).transpose(0, 1)
    s = torch.mul(torch.tanh(torch.div(torch.mul(torch.bmm(q, k.transpose(1, 2)), 0.3), 2.0)), 2.0)
    s = torch.add(s, torch.triu(torch.full([T, T], -inf, dtype=6), 1))
    s = torch.add(s, torch.tril(torch.full([T, T], -inf, dtype=6), -20))
    return torch.bmm(torch.softmax(s, -1), v).transpose(0, 1)

  def window_plain(self: __torch__.M, y: Tensor) -> Tensor:
    return torch.cat([self.window_one(y[0:5]), self.window_one(y[5:10]), self.window_one(y[10:150])], 0)

  def window_forward(self: __torch__.M, y: Tensor) -> Tensor:
    return __torch__.attention.forward_packed(y, 0, [2, 5, 1, 140], __torch__.attention.Look(4, 2, 0.3, 2.0, 20, True), torch.empty([150, 4, 6]), self.room(0, [2, 5, 1, 140], __torch__.attention.Look(4, 2, 0.3, 2.0, 20, True)))

  def window_backward(self: __torch__.M, y: Tensor, do: Tensor) -> List[Tensor]:
    return [__torch__.attention.backward_packed(torch.clone(do), y, 0, [2, 5, 1, 140], __torch__.attention.Look(4, 2, 0.3, 2.0, 20, True), torch.empty_like(y), self.room(0, [2, 5, 1, 140], __torch__.attention.Look(4, 2, 0.3, 2.0, 20, True)), self.room(0, [2, 5, 1, 140], __torch__.attention.Look(4, 2, 0.3, 2.0, 20, True)))]

  def feed_forward_plain(self: __torch__.M, gu: Tensor) -> Tensor:
    F = gu.size(1) // 2
    g = gu[:, 0:F]
    return torch.mul(torch.mul(g, torch.sigmoid(g)), gu[:, F:2 * F])

  def feed_forward_forward(self: __torch__.M, gu: Tensor) -> Tensor:
    m = torch.empty([gu.size(0), gu.size(1) // 2])
    return __torch__.feed_forward.gate(gu, False, m, m)

  def feed_forward_backward(self: __torch__.M, gu: Tensor, dm: Tensor) -> List[Tensor]:
    dgu = torch.empty_like(gu)
    __torch__.feed_forward.gate(gu, False, __torch__.feed_forward.up_half(dgu), torch.empty_like(dm))
    __torch__.feed_forward.gate_backward(torch.clone(dm), gu, False, dgu)
    return [dgu]

  def gelu_plain(self: __torch__.M, gu: Tensor) -> Tensor:
    F = gu.size(1) // 2
    g = gu[:, 0:F]
    t = torch.tanh(torch.mul(torch.add(g, torch.mul(torch.pow(g, 3), 0.044715)), 0.7978845608028654))
    return torch.mul(torch.mul(torch.mul(g, 0.5), torch.add(t, 1.0)), gu[:, F:2 * F])

  def gelu_forward(self: __torch__.M, gu: Tensor) -> Tensor:
    m = torch.empty([gu.size(0), gu.size(1) // 2])
    return __torch__.feed_forward.gate(gu, True, m, m)

  def gelu_backward(self: __torch__.M, gu: Tensor, dm: Tensor) -> List[Tensor]:
    dgu = torch.empty_like(gu)
    __torch__.feed_forward.gate(gu, True, __torch__.feed_forward.up_half(dgu), torch.empty_like(dm))
    __torch__.feed_forward.gate_backward(torch.clone(dm), gu, True, dgu)
    return [dgu]

  def head_plain(self: __torch__.M, x: Tensor, E: Tensor, targets: Tensor) -> Tensor:
    z = torch.log_softmax(torch.mm(x, E.t()), 1)
    return torch.neg(torch.sum(torch.gather(z, 1, torch.to(targets, 4).unsqueeze(1)))).view([1])

  def head_forward(self: __torch__.M, x: Tensor, E: Tensor, targets: Tensor) -> Tensor:
    room = torch.empty([60])
    return torch.to(__torch__.head.loss(x, torch.to(targets, 4), E, 0.0, 1.0, False, room, room[0:20], x, torch.empty([0])), 6)

  def head_backward(self: __torch__.M, x: Tensor, E: Tensor, targets: Tensor, dloss: Tensor) -> List[Tensor]:
    room = torch.empty([60])
    dx = torch.empty_like(x)
    dE = torch.zeros_like(E)
    __torch__.head.loss(x, torch.to(targets, 4), E, 0.0, float(dloss), True, room, room[0:20], dx, dE)
    return [dx, dE]

  def capped_plain(self: __torch__.M, x: Tensor, E: Tensor, targets: Tensor) -> Tensor:
    z = torch.log_softmax(torch.mul(torch.tanh(torch.div(torch.mm(x, E.t()), 1.5)), 1.5), 1)
    return torch.neg(torch.sum(torch.gather(z, 1, torch.to(targets, 4).unsqueeze(1)))).view([1])

  def capped_forward(self: __torch__.M, x: Tensor, E: Tensor, targets: Tensor) -> Tensor:
    room = torch.empty([60])
    return torch.to(__torch__.head.loss(x, torch.to(targets, 4), E, 1.5, 1.0, False, room, room[0:20], x, torch.empty([0])), 6)

  def capped_backward(self: __torch__.M, x: Tensor, E: Tensor, targets: Tensor, dloss: Tensor) -> List[Tensor]:
    room = torch.empty([60])
    dx = torch.empty_like(x)
    dE = torch.zeros_like(E)
    __torch__.head.loss(x, torch.to(targets, 4), E, 1.5, float(dloss), True, room, room[0:20], dx, dE)
    return [dx, dE]

  # Room for w logits in float32, as the head takes it: some of the room itself where that is float32.
  def head_wide(self: __torch__.M, room: Tensor, w: int) -> Tensor:
    wide = room[0:w]
    if room.dtype != 6:
      wide = torch.empty([w], dtype=6)
    return wide

  # Loss, dx [M, C] and, where the head is learned, dE [V, C], end to end, computed in a dtype in room for l logits.
  def head_gradients(self: __torch__.M, x: Tensor, E: Tensor, targets: Tensor, cap: float, s: float, learned: int, dtype: int, l: int, w: int) -> Tensor:
    room = torch.empty([l], dtype=dtype)
    h = torch.to(x, dtype)
    dx = torch.empty_like(h)
    dE = torch.zeros_like(E)
    if learned == 0:
      dE = torch.empty([0], dtype=6)
    loss = __torch__.head.loss(h, targets, torch.to(E, dtype), cap, s, True, room, self.head_wide(room, w), dx, dE)
    return torch.cat([torch.to(loss, 6), torch.to(dx, 6).view([-1]), dE.view([-1])])

  # The loss alone, then the numbers that it leaves in the room: [1 + l].
  def head_loss(self: __torch__.M, x: Tensor, E: Tensor, targets: Tensor, cap: float, dtype: int, l: int, w: int) -> Tensor:
    room = torch.empty([l], dtype=dtype)
    h = torch.to(x, dtype)
    loss = __torch__.head.loss(h, targets, torch.to(E, dtype), cap, 1.0, False, room, self.head_wide(room, w), h, torch.empty([0]))
    return torch.cat([torch.to(loss, 6), torch.to(room, 6)])

  # Every query of a sequence looks at every key.
  def everywhere_one(self: __torch__.M, y: Tensor) -> Tensor:
    q = y[:, 0:3].transpose(0, 1)
    k = y[:, 3:6].transpose(0, 1)
    v = y[:, 6:9].transpose(0, 1)
    return torch.bmm(torch.softmax(torch.div(torch.bmm(q, k.transpose(1, 2)), 6.0 ** 0.5), -1), v).transpose(0, 1)

  def everywhere_plain(self: __torch__.M, y: Tensor) -> Tensor:
    return torch.cat([self.everywhere_one(y[0:5]), self.everywhere_one(y[5:10]), self.everywhere_one(y[10:150])], 0)

  def everywhere_look(self: __torch__.M) -> __torch__.attention.Look:
    return __torch__.attention.Look(3, 3, 1.0 / 6.0 ** 0.5, 0.0, 0, False)

  def everywhere_forward(self: __torch__.M, y: Tensor) -> Tensor:
    return __torch__.attention.forward_packed(y, 0, [2, 5, 1, 140], self.everywhere_look(), torch.empty([150, 3, 6]), self.room(0, [2, 5, 1, 140], self.everywhere_look()))

  def everywhere_backward(self: __torch__.M, y: Tensor, do: Tensor) -> List[Tensor]:
    return [__torch__.attention.backward_packed(torch.clone(do), y, 0, [2, 5, 1, 140], self.everywhere_look(), torch.empty_like(y), self.room(0, [2, 5, 1, 140], self.everywhere_look()), self.room(0, [2, 5, 1, 140], self.everywhere_look()))]

  def layer_norm_plain(self: __torch__.M, h: Tensor, w: Tensor, b: Tensor) -> Tensor:
    away = torch.sub(h, torch.mean(h, [-1], True))
    r = torch.rsqrt(torch.add(torch.mean(torch.mul(away, away), [-1], True), 1e-5))
    return torch.add(torch.mul(torch.mul(away, r), w), b)

  def layer_norm_of(self: __torch__.M, w: Tensor, b: Tensor) -> __torch__.layer_norm.Norm:
    return __torch__.layer_norm.Norm(w, b, torch.zeros_like(w), torch.zeros_like(b), 1e-5)

  def layer_norm_forward(self: __torch__.M, h: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return __torch__.layer_norm.forward(h, self.layer_norm_of(w, b)).x

  def layer_norm_backward(self: __torch__.M, h: Tensor, w: Tensor, b: Tensor, dx: Tensor) -> List[Tensor]:
    norm = self.layer_norm_of(w, b)
    return [__torch__.layer_norm.backward(dx, h, __torch__.layer_norm.forward(h, norm), norm), norm.grad_weight, norm.grad_bias]

  def classifier_plain(self: __torch__.M, x: Tensor, wd: Tensor, bd: Tensor, wc: Tensor, bc: Tensor) -> Tensor:
    a = torch.tanh(torch.add(torch.mm(x, wd.t()), bd))
    z = torch.log_softmax(torch.add(torch.mm(a, wc.t()), bc), 1)
    return torch.neg(torch.sum(torch.gather(z, 1, self.classifier_targets().unsqueeze(1)))).view([1])

  def classifier_targets(self: __torch__.M) -> Tensor:
    return torch.tensor([0, 2, 1, 1, 3])

  def classifier_head(self: __torch__.M, wd: Tensor, bd: Tensor, wc: Tensor, bc: Tensor) -> __torch__.classifier.Head:
    return __torch__.classifier.Head(wd, bd, wc, bc, torch.zeros_like(wd), torch.zeros_like(bd), torch.zeros_like(wc), torch.zeros_like(bc), True)

  def classifier_forward(self: __torch__.M, x: Tensor, wd: Tensor, bd: Tensor, wc: Tensor, bc: Tensor) -> Tensor:
    head = self.classifier_head(wd, bd, wc, bc)
    z = __torch__.classifier.logits(__torch__.classifier.inner(x, head), head)
    return torch.to(__torch__.classifier.loss(z, self.classifier_targets()), 6)

  def classifier_backward(self: __torch__.M, x: Tensor, wd: Tensor, bd: Tensor, wc: Tensor, bc: Tensor, dloss: Tensor) -> List[Tensor]:
    head = self.classifier_head(wd, bd, wc, bc)
    a = __torch__.classifier.inner(x, head)
    dx = __torch__.classifier.backward(x, a, __torch__.classifier.logits(a, head), self.classifier_targets(), float(dloss), head)
    return [dx, head.grad_dense, head.grad_dense_bias, head.grad_out, head.grad_out_bias]

  # What follows attention in a layer of an encoder: x and o [7, 6], C 6, F 10.
  def encoder_plain(self: __torch__.M, x: Tensor, o: Tensor, wo: Tensor, bo: Tensor, wi: Tensor, bi: Tensor, wu: Tensor, bu: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor) -> Tensor:
    h = self.layer_norm_plain(torch.add(x, torch.add(torch.mm(o, wo.t()), bo)), w1, b1)
    u = torch.add(torch.mm(h, wi.t()), bi)
    g = torch.mul(torch.mul(u, 0.5), torch.add(torch.erf(torch.div(u, 2.0 ** 0.5)), 1.0))
    return self.layer_norm_plain(torch.add(h, torch.add(torch.mm(g, wu.t()), bu)), w2, b2)

  def encoder_linear(self: __torch__.M, w: Tensor, b: Tensor) -> __torch__.linear.Linear:
    none = annotate(List[Tensor], [])
    return __torch__.linear.Linear(w, annotate(List[__torch__.packed.Part], []), b, torch.empty([0, w.size(1)]), none, annotate(List[int], []), torch.empty([0, w.size(1)]), none, annotate(List[float], []), 0.0, annotate(List[__torch__.magnitude.Magnitude], []))

  def encoder_layer(self: __torch__.M, wo: Tensor, bo: Tensor, wi: Tensor, bi: Tensor, wu: Tensor, bu: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor) -> __torch__.encoder_layer.Layer:
    e = torch.empty([0])
    grad = __torch__.encoder_layer.Gradient(e, e, torch.zeros_like(wo), torch.zeros_like(bo), torch.zeros_like(wi), torch.zeros_like(bi), torch.zeros_like(wu), torch.zeros_like(bu))
    out = self.encoder_linear(wo, bo)
    return __torch__.encoder_layer.Layer(out, out, self.layer_norm_of(w1, b1), self.encoder_linear(wi, bi), self.encoder_linear(wu, bu), self.layer_norm_of(w2, b2), grad, self.everywhere_look(), 0)

  def encoder_close(self: __torch__.M, x: Tensor, o: Tensor, layer: __torch__.encoder_layer.Layer) -> __torch__.encoder_layer.Trace:
    e = torch.empty([0])
    u = torch.empty([x.size(0), layer.inner.weight.size(0)])
    slot = __torch__.encoder_layer.Slot(e, o, torch.empty_like(x), u, torch.empty_like(x))
    return __torch__.encoder_layer.close(x, o, e, layer, -1, slot, torch.empty_like(u))

  def encoder_forward(self: __torch__.M, x: Tensor, o: Tensor, wo: Tensor, bo: Tensor, wi: Tensor, bi: Tensor, wu: Tensor, bu: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor) -> Tensor:
    return self.encoder_close(x, o, self.encoder_layer(wo, bo, wi, bi, wu, bu, w1, b1, w2, b2)).h2.x

  def encoder_backward(self: __torch__.M, x: Tensor, o: Tensor, wo: Tensor, bo: Tensor, wi: Tensor, bi: Tensor, wu: Tensor, bu: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor, dh: Tensor) -> List[Tensor]:
    layer = self.encoder_layer(wo, bo, wi, bi, wu, bu, w1, b1, w2, b2)
    trace = self.encoder_close(x, o, layer)
    do = torch.empty_like(o)
    dx = __torch__.encoder_layer.close_backward(dh, trace, layer, -1, torch.empty_like(trace.slot.u), torch.empty_like(trace.slot.u), torch.empty_like(x), do)
    g = layer.grad
    return [dx, do, g.out, g.out_bias, g.inner, g.inner_bias, g.outer, g.outer_bias, layer.out_norm.grad_weight, layer.out_norm.grad_bias, layer.outer_norm.grad_weight, layer.outer_norm.grad_bias]
