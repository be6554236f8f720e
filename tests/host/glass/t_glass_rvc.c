// SPDX-License-Identifier: MIT
// t_glass_rvc.c - expansion of compressed instructions: each kind once, what is reserved, and the
// sum of all 65536 expansions as it was when tests/machine/rvc_objdump.py found no difference.
//
// SOURCES: machine/hart/rvc.c
// CFLAGS: -Imachine
#include "hart/rvc.h"

#include "test.h"

static const struct {
    uint16 c;
    uint32 word;
} pair[] = {
    {0x1ffc, 0x3fc10793}, // c.addi4spn a5, 1020     addi a5, sp, 1020
    {0x3de8, 0x0f85b507}, // c.fld fa0, 248(a1)      fld fa0, 248(a1)
    {0x5d60, 0x07c52403}, // c.lw s0, 124(a0)        lw s0, 124(a0)
    {0x7ce4, 0x0f84b483}, // c.ld s1, 248(s1)        ld s1, 248(s1)
    {0xbde8, 0x0ea5bc27}, // c.fsd fa0, 248(a1)      fsd fa0, 248(a1)
    {0xdd60, 0x06852e23}, // c.sw s0, 124(a0)        sw s0, 124(a0)
    {0xfce4, 0x0e94bc23}, // c.sd s1, 248(s1)        sd s1, 248(s1)
    {0x0001, 0x00000013}, // c.nop                   nop
    {0x1081, 0xfe008093}, // c.addi ra, -32          addi ra, ra, -32
    {0x357d, 0xfff5051b}, // c.addiw a0, -1          addiw a0, a0, -1
    {0x4f85, 0x00100f93}, // c.li t6, 1              addi t6, x0, 1
    {0x7139, 0xfc010113}, // c.addi16sp -64          addi sp, sp, -64
    {0x757d, 0xfffff537}, // c.lui a0, 0xfffff       lui a0, 0xfffff
    {0x91fd, 0x03f5d593}, // c.srli a1, 63           srli a1, a1, 63
    {0x85fd, 0x41f5d593}, // c.srai a1, 31           srai a1, a1, 31
    {0x99c1, 0xff05f593}, // c.andi a1, -16          andi a1, a1, -16
    {0x8d0d, 0x40b50533}, // c.sub a0, a1            sub a0, a0, a1
    {0x8d2d, 0x00b54533}, // c.xor a0, a1            xor a0, a0, a1
    {0x8d4d, 0x00b56533}, // c.or a0, a1             or a0, a0, a1
    {0x8d6d, 0x00b57533}, // c.and a0, a1            and a0, a0, a1
    {0x9d0d, 0x40b5053b}, // c.subw a0, a1           subw a0, a0, a1
    {0x9d2d, 0x00b5053b}, // c.addw a0, a1           addw a0, a0, a1
    {0xb009, 0x803ff06f}, // c.j -2046               jal x0, -2046
    {0xd001, 0xf00400e3}, // c.beqz s0, -256         beq s0, x0, -256
    {0xeffd, 0x0e079f63}, // c.bnez a5, 254          bne a5, x0, 254
    {0x157e, 0x03f51513}, // c.slli a0, 63           slli a0, a0, 63
    {0x3ffe, 0x1f813f87}, // c.fldsp ft11, 504       fld ft11, 504(sp)
    {0x5ffe, 0x0fc12f83}, // c.lwsp t6, 252          lw t6, 252(sp)
    {0x7ffe, 0x1f813f83}, // c.ldsp t6, 504          ld t6, 504(sp)
    {0x8082, 0x00008067}, // c.jr ra                 jalr x0, 0(ra)
    {0x852e, 0x00b00533}, // c.mv a0, a1             add a0, x0, a1
    {0x9002, 0x00100073}, // c.ebreak                ebreak
    {0x9502, 0x000500e7}, // c.jalr a0               jalr ra, 0(a0)
    {0x952e, 0x00b50533}, // c.add a0, a1            add a0, a0, a1
    {0xbffe, 0x1ff13c27}, // c.fsdsp ft11, 504       fsd ft11, 504(sp)
    {0xdffe, 0x0ff12e23}, // c.swsp t6, 252          sw t6, 252(sp)
    {0xfffe, 0x1ff13c23}, // c.sdsp t6, 504          sd t6, 504(sp)
};

static const uint16 reserved[] = {
    0x0000,         // defined as illegal
    0x0004,         // c.addi4spn with 0
    0x8000,         // quadrant 0, funct3 4
    0x2001,         // c.addiw to x0
    0x6101,         // c.addi16sp with 0
    0x6501,         // c.lui with 0
    0x9c41,         // beside c.subw and c.addw
    0x9c61, 0x4002, // c.lwsp to x0
    0x6002,         // c.ldsp to x0
    0x8002,         // c.jr x0
    0x0003,         // not compressed
};

static void
test_kinds(void)
{
    for (size_t i = 0; i < NELEM(pair); i++)
        CHECK_EQ(rvc_expand(pair[i].c), pair[i].word);
    for (size_t i = 0; i < NELEM(reserved); i++)
        CHECK_EQ(rvc_expand(reserved[i]), 0);
}

// FNV-1a over all expansions.
static void
test_all(void)
{
    uint64 sum = 0xcbf29ce484222325;
    for (int c = 0; c < 65536; c++)
        sum = (sum ^ rvc_expand((uint16)c)) * 0x100000001b3;
    CHECK_EQ(sum, 0x18245d2458004586);
}

int
main(void)
{
    test_kinds();
    test_all();
    return test_done();
}
