// Original file: protos/seams/menu/v1/menu.proto


export interface ReadCafesRequestInput {
}

export interface ReadCafesRequest {
}
