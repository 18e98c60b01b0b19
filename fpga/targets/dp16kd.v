
	// A memory of 1024 words of 18 bits, that port A writes and port B reads; Yosys leaves the module empty. Words of 36 bits are at
	// the data pins of both ports, their lower half at those of port A. Source: Lattice FPGA-TN-02204, pseudo dual port mode.
	localparam [20479:0] CONTENTS = {
		INITVAL_3F, INITVAL_3E, INITVAL_3D, INITVAL_3C, INITVAL_3B, INITVAL_3A, INITVAL_39, INITVAL_38,
		INITVAL_37, INITVAL_36, INITVAL_35, INITVAL_34, INITVAL_33, INITVAL_32, INITVAL_31, INITVAL_30,
		INITVAL_2F, INITVAL_2E, INITVAL_2D, INITVAL_2C, INITVAL_2B, INITVAL_2A, INITVAL_29, INITVAL_28,
		INITVAL_27, INITVAL_26, INITVAL_25, INITVAL_24, INITVAL_23, INITVAL_22, INITVAL_21, INITVAL_20,
		INITVAL_1F, INITVAL_1E, INITVAL_1D, INITVAL_1C, INITVAL_1B, INITVAL_1A, INITVAL_19, INITVAL_18,
		INITVAL_17, INITVAL_16, INITVAL_15, INITVAL_14, INITVAL_13, INITVAL_12, INITVAL_11, INITVAL_10,
		INITVAL_0F, INITVAL_0E, INITVAL_0D, INITVAL_0C, INITVAL_0B, INITVAL_0A, INITVAL_09, INITVAL_08,
		INITVAL_07, INITVAL_06, INITVAL_05, INITVAL_04, INITVAL_03, INITVAL_02, INITVAL_01, INITVAL_00
	};
	reg [17:0] words [0:1023];
	integer place;
	initial for (place = 0; place < 1024; place = place + 1) words[place] = CONTENTS[20 * place +: 18];

	wire [13:0] write = {ADA13, ADA12, ADA11, ADA10, ADA9, ADA8, ADA7, ADA6, ADA5, ADA4, ADA3, ADA2, ADA1, ADA0};
	wire [17:0] low = {
		DIA17, DIA16, DIA15, DIA14, DIA13, DIA12, DIA11, DIA10, DIA9, DIA8, DIA7, DIA6, DIA5, DIA4, DIA3, DIA2, DIA1, DIA0
	};
	wire [17:0] high = {
		DIB17, DIB16, DIB15, DIB14, DIB13, DIB12, DIB11, DIB10, DIB9, DIB8, DIB7, DIB6, DIB5, DIB4, DIB3, DIB2, DIB1, DIB0
	};
	// The lower bits of the address of a word of 18 or 36 bits enable its bytes.
	wire is_double = DATA_WIDTH_A == 36;
	wire [9:0] even = {write[13:5], write[4] & !is_double};
	always @(posedge CLKA)
		if (CEA && WEA)
			case (DATA_WIDTH_A)
				1: words[write[13:4]][9 * write[3] + write[2:0]] <= low[0];
				2: words[write[13:4]][9 * write[3] + 2 * write[2:1] +: 2] <= low[1:0];
				4: words[write[13:4]][9 * write[3] + 4 * write[2] +: 4] <= low[3:0];
				9: words[write[13:4]][9 * write[3] +: 9] <= low[8:0];
				default: begin
					if (write[0]) words[even][8:0] <= low[8:0];
					if (write[1]) words[even][17:9] <= low[17:9];
					if (is_double && write[2]) words[even | 10'd1][8:0] <= high[8:0];
					if (is_double && write[3]) words[even | 10'd1][17:9] <= high[17:9];
				end
			endcase

	wire [13:0] read = {ADB13, ADB12, ADB11, ADB10, ADB9, ADB8, ADB7, ADB6, ADB5, ADB4, ADB3, ADB2, ADB1, ADB0};
	wire [17:0] found = words[read[13:4]];
	reg [35:0] word = 36'b0;
	always @(posedge CLKB)
		if (CEB)
			case (DATA_WIDTH_B)
				1: word[18] <= found[9 * read[3] + read[2:0]];
				2: word[19:18] <= found[9 * read[3] + 2 * read[2:1] +: 2];
				4: word[21:18] <= found[9 * read[3] + 4 * read[2] +: 4];
				9: word[26:18] <= found[9 * read[3] +: 9];
				18: word[35:18] <= found;
				default: word <= {words[{read[13:5], 1'b1}], words[{read[13:5], 1'b0}]};
			endcase
	assign {
		DOB17, DOB16, DOB15, DOB14, DOB13, DOB12, DOB11, DOB10, DOB9, DOB8, DOB7, DOB6, DOB5, DOB4, DOB3, DOB2, DOB1, DOB0,
		DOA17, DOA16, DOA15, DOA14, DOA13, DOA12, DOA11, DOA10, DOA9, DOA8, DOA7, DOA6, DOA5, DOA4, DOA3, DOA2, DOA1, DOA0
	} = word;
	always @(posedge CLKB)
		if (CEB && WEB) begin
			$display("DP16KD: the model is of memories that port A writes and port B reads");
			$stop;
		end
